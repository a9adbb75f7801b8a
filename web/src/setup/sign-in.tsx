import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { useTitle } from '../frame/hooks';
import { isLanguage, switchLanguage } from '../i18n';
import { Button } from '../ui/button';
import { Field, Input } from '../ui/field';
import { ProblemBanner } from '../ui/state';
import { Door } from './door';
import { adoptZone } from './zone';

export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const secret = useRef<HTMLInputElement>(null);
  useTitle(t('signIn.title'));
  const signIn = useMutation({
    mutationFn: () => unwrap(client.POST('/session', { body: { email: email.trim(), password } })),
    onSuccess: async (me) => {
      queries.clear();
      queries.setQueryData(keys.me, me);
      if (isLanguage(me.user.language)) await switchLanguage(me.user.language);
      void adoptZone(queries, me);
      if (next) router.history.push(next);
      else await navigate({ to: '/inbox' });
    },
    meta: { signsIn: true },
    onError: () => secret.current?.select(),
  });
  return (
    <Door title={t('signIn.title')} text={t('signIn.text')}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!signIn.isPending) signIn.mutate();
        }}
      >
        {signIn.isError && <ProblemBanner error={signIn.error} />}
        <Field label={t('field.email')}>
          <Input
            autoFocus
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field label={t('field.password')}>
          <Input
            ref={secret}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Button look="primary" type="submit" busy={signIn.isPending} className="door-go">
          {t('signIn.go')}
        </Button>
      </form>
    </Door>
  );
}
