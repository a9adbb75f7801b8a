// Name and password, and what is wrong with them: at the door, and over the page once a session has ended.
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { short } from '../composer/addresses';
import { Button } from '../ui/button';
import { Field, Input } from '../ui/field';
import { ProblemBanner } from '../ui/state';

type Company = NonNullable<Schemas['CompaniesProblem']['companies']>[number];

// Those at which the password is right, where it is at several.
function companiesOf(error: unknown): Company[] | undefined {
  if (!(error instanceof ProblemError) || error.problem.code !== 'session.which-company') return;
  return (error.problem as Schemas['CompaniesProblem']).companies;
}

// Not the first of them: whoever presses Enter twice has chosen none.
const focus = (legend: HTMLLegendElement | null) => legend?.focus();

export function Credentials({
  user,
  company,
  onSignedIn,
  foot = (button) => button,
}: {
  user?: Schemas['User']; // only this one
  company?: string; // their
  onSignedIn: (me: Schemas['Me']) => void | Promise<void>;
  foot?: (button: ReactNode) => ReactNode;
}) {
  const { t } = useTranslation();
  const [email, setEmail] = useState(user?.email ?? '');
  const [password, setPassword] = useState('');
  const [companies, setCompanies] = useState<Company[]>();
  const [wrong, setWrong] = useState<{ email?: string; password?: string }>({});
  const name = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const signIn = useMutation({
    mutationFn: (into: string | undefined) =>
      unwrap(
        client.POST('/session', {
          body: { email: email.trim(), password, ...(into && { company: into }) },
        }),
      ),
    onSuccess: onSignedIn,
    meta: { signsIn: true },
    onError: (error) => {
      setCompanies(companiesOf(error));
      secret.current?.select();
    },
  });
  function submit() {
    if (signIn.isPending) return;
    const found: typeof wrong = {};
    const address = email.trim();
    if (!address) found.email = t('field.required');
    // Only what can't be one: which accounts there are, the server knows.
    else if (!/^[^\s@]+@[^\s@]+$/.test(address))
      found.email = t('compose.notAddress', { text: short(address) });
    if (!password) found.password = t('field.required');
    setWrong(found);
    if (found.email) name.current?.focus();
    else if (found.password) secret.current?.focus();
    else signIn.mutate(company);
  }
  if (companies) {
    return (
      <fieldset className="stack">
        <legend ref={focus} tabIndex={-1}>
          {t('signIn.which')}
        </legend>
        {companies.map(({ id, name }) => (
          <Button
            key={id}
            disabled={signIn.isPending}
            busy={signIn.isPending && signIn.variables === id}
            onClick={() => signIn.mutate(id)}
          >
            {name}
          </Button>
        ))}
        <Button
          look="ghost"
          onClick={() => {
            signIn.reset();
            setCompanies(undefined);
          }}
        >
          {t('back')}
        </Button>
      </fieldset>
    );
  }
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        submit();
      }}
    >
      {signIn.isError && !wrong.email && !wrong.password && <ProblemBanner error={signIn.error} />}
      <Field label={t('field.email')} error={wrong.email}>
        <Input
          ref={name}
          autoFocus={!user}
          readOnly={!!user}
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label={t('field.password')} error={wrong.password}>
        <Input
          ref={secret}
          autoFocus={!!user}
          type="password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {foot(
        <Button look="primary" type="submit" busy={signIn.isPending} className="door-go">
          {t('signIn.go')}
        </Button>,
      )}
    </form>
  );
}
