import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, unwrap } from '../api/client';
import { codeWords, problemWords } from '../api/problem';
import { keys, setupQuery } from '../api/queries';
import { isAddress, short } from '../composer/addresses';
import { useTitle } from '../frame/hooks';
import { isLanguage } from '../i18n';
import { Button } from '../ui/button';
import { Field, Input, Select, showFaults } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';
import { Door } from './door';
import { dropLink, takeLink } from './link';
import { SHORTEST_PASSWORD } from './password';
import { tellTabs } from './tabs';
import { browserZone, saveZone, zoneChoices } from './zone';

const FIELDS = ['company', 'name', 'email', 'password'] as const;
type Name = (typeof FIELDS)[number];

export function SetUp() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [values, setValues] = useState<Record<Name, string>>({
    company: '',
    name: '',
    email: '',
    password: '',
  });
  const [zone, setZone] = useState(browserZone);
  const zones = useMemo(() => zoneChoices(browserZone()), []);
  const [wrong, setWrong] = useState<Partial<Record<Name, string>>>({});
  // What the link that the server wrote carries: also when it is pasted over a wrong one, which loads nothing.
  const [secret, setSecret] = useState(takeLink);
  useEffect(() => {
    const follow = () => setSecret(takeLink());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const form = useRef<HTMLFormElement>(null);
  useTitle(t('setUp.title'));
  const make = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST('/setup', {
          body: {
            company: values.company.trim(),
            name: values.name.trim(),
            email: values.email.trim(),
            password: values.password,
            language: isLanguage(i18n.language) ? i18n.language : 'en',
            secret,
          },
        }),
      ),
    onSuccess: async (me) => {
      dropLink();
      queries.clear();
      queries.setQueryData(keys.me, me);
      // They may have another company open beside this one.
      tellTabs({ signedIn: me.user.id });
      if (zone !== me.user.time_zone) await saveZone(queries, zone).catch(notifyProblem);
      notify(t('setUp.done', { company: me.company.name }));
      // The next step of every newcomer: the first mailbox.
      await navigate({ to: '/settings/account/profile/email/add' });
    },
    onError: (error) => {
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      if (FIELDS.includes(field as Name)) {
        showFaults(form.current, () => setWrong({ [field as Name]: problemWords(error).title }));
      }
    },
  });
  const put = (name: Name) => (event: { target: { value: string } }) =>
    setValues((before) => ({ ...before, [name]: event.target.value }));
  // Further companies are made by links of their own.
  const first = queries.getQueryData(setupQuery.queryKey)?.needed !== false;
  // Whoever has no link could fill all of it in for nothing.
  if (!secret && !first) {
    return (
      <Door title={t('setUp.title')} text={t('setUp.another')}>
        <Banner tone="attention">{t('setUp.anotherText')}</Banner>
        <Button asChild className="door-go">
          <Link to="/sign-in">{t('signIn.title')}</Link>
        </Button>
      </Door>
    );
  }
  if (!secret) {
    const { title, detail } = codeWords('setup.secret');
    return (
      <Door title={t('setUp.title')} text={t('setUp.new')}>
        <Banner tone="attention" title={title}>
          {detail}
        </Banner>
      </Door>
    );
  }
  return (
    <Door title={t('setUp.title')} text={t(first ? 'setUp.text' : 'setUp.more')}>
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (make.isPending) return;
          const found: Partial<Record<Name, string>> = {};
          for (const name of FIELDS) if (!values[name].trim()) found[name] = t('field.required');
          if (!found.email && !isAddress(values.email.trim())) {
            found.email = t('compose.notAddress', { text: short(values.email.trim()) });
          }
          if (!found.password && [...values.password].length < SHORTEST_PASSWORD) {
            found.password = t('field.passwordShort', { count: SHORTEST_PASSWORD });
          }
          showFaults(form.current, () => setWrong(found));
          if (Object.keys(found).length === 0) make.mutate();
        }}
      >
        <Field label={t('setUp.company')} error={wrong.company}>
          <Input
            autoFocus
            autoComplete="organization"
            maxLength={200}
            value={values.company}
            onChange={put('company')}
          />
        </Field>
        <Field label={t('setUp.name')} error={wrong.name}>
          <Input autoComplete="name" maxLength={200} value={values.name} onChange={put('name')} />
        </Field>
        <Field label={t('field.email')} error={wrong.email}>
          <Input
            type="email"
            autoComplete="username"
            value={values.email}
            onChange={put('email')}
          />
        </Field>
        <Field
          label={t('field.password')}
          hint={t('field.passwordHint', { count: SHORTEST_PASSWORD })}
          error={wrong.password}
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={values.password}
            onChange={put('password')}
          />
        </Field>
        <Field label={t('profile.timeZone')} hint={t('zone.hint')}>
          <Select value={zone} options={zones} onChange={(event) => setZone(event.target.value)} />
        </Field>
        {/* beside the button that was pressed: in sight on a phone too */}
        {make.isError && Object.keys(wrong).length === 0 && <ProblemBanner error={make.error} />}
        <Button look="primary" type="submit" busy={make.isPending} className="door-go">
          {t('setUp.go')}
        </Button>
      </form>
    </Door>
  );
}
