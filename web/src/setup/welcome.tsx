// Whoever opens the link that an admin handed over sets their password here: no admin ever knows it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { codeWords, problemWords } from '../api/problem';
import { keys } from '../api/queries';
import { useTitle } from '../frame/hooks';
import { isLanguage, switchLanguage } from '../i18n';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Checkbox, Field, Input, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { Banner, Failed, ProblemBanner, Skeleton } from '../ui/state';
import { Door } from './door';
import { takeLink } from './link';
import { SHORTEST_PASSWORD } from './password';
import { tellTabs } from './tabs';
import { adoptZone } from './zone';

export function Welcome() {
  const { t } = useTranslation();
  const [link, setLink] = useState(takeLink);
  // Pasted over a link that was used, which loads nothing.
  useEffect(() => {
    const follow = () => setLink(takeLink());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  useTitle(t('welcome.title'));
  const facts = useQuery({
    queryKey: ['link', link],
    queryFn: ({ signal }) => unwrap(client.POST('/link', { body: { link }, signal })),
    enabled: link !== '',
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const language = facts.data?.language;
  useEffect(() => {
    if (isLanguage(language)) void switchLanguage(language);
  }, [language]);
  if (facts.data) return <SetPassword key={link} link={link} facts={facts.data} />;
  const gone = !link || (facts.error instanceof ProblemError && facts.error.code === 'link.gone');
  const words = codeWords('link.gone');
  return (
    <Door title={t('welcome.title')} text={t('welcome.text')}>
      {gone ? (
        <Banner tone="attention" title={link ? words.title : t('welcome.noLink')}>
          {link ? words.detail : t('welcome.noLinkText')}
        </Banner>
      ) : facts.isError ? (
        <Failed error={facts.error} onRetry={() => void facts.refetch()} />
      ) : (
        <Skeleton rows={3} />
      )}
    </Door>
  );
}

function SetPassword({ link, facts }: { link: string; facts: Schemas['LinkFacts'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const [endTokens, setEndTokens] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const welcome = facts.kind === 'welcome';
  const set = useMutation({
    mutationFn: () =>
      unwrap(client.POST('/link/password', { body: { link, password, end_tokens: endTokens } })),
    meta: { signsIn: true },
    onSuccess: async (me) => {
      // All but the link: it would be asked for again, and is gone.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'link' });
      queries.setQueryData(keys.me, me);
      // Where its words don't come, the page behind the door sees to it: they are in.
      if (isLanguage(me.user.language)) await switchLanguage(me.user.language).catch(() => {});
      void adoptZone(queries, me);
      tellTabs({ signedIn: me.user.id });
      notify(t(welcome ? 'welcome.in' : 'welcome.changed'));
      await navigate({ to: '/inbox' });
    },
    onError: (error) => {
      if (error instanceof ProblemError && error.problem.field === 'password')
        showFaults(form.current, () => setWrong(problemWords(error).title));
    },
  });
  return (
    <Door
      title={t(welcome ? 'welcome.hello' : 'welcome.again', { name: facts.name })}
      text={
        welcome
          ? facts.by
            ? t('welcome.invited', { by: facts.by, company: facts.company })
            : t('welcome.invitedByNobody', { company: facts.company })
          : t('welcome.reset', { company: facts.company })
      }
    >
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (set.isPending) return;
          const short =
            [...password].length < SHORTEST_PASSWORD
              ? t('field.passwordShort', { count: SHORTEST_PASSWORD })
              : undefined;
          showFaults(form.current, () => setWrong(short));
          if (!short) set.mutate();
        }}
      >
        <Field label={t('field.email')} hint={t('welcome.emailHint')}>
          <Input type="email" name="email" autoComplete="username" readOnly value={facts.email} />
        </Field>
        <Field
          label={t('welcome.password')}
          hint={t('field.passwordHint', { count: SHORTEST_PASSWORD })}
          error={wrong}
        >
          <Input
            autoFocus
            type="password"
            name="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {facts.tokens && (
          <Checkbox checked={endTokens} onChange={(event) => setEndTokens(event.target.checked)}>
            {t('access.endTokens')}
          </Checkbox>
        )}
        {set.isError && !wrong && <ProblemBanner error={set.error} />}
        <Button look="primary" type="submit" busy={set.isPending} className="door-go">
          {t('welcome.go')}
        </Button>
        <p className="small quiet">{t('welcome.until', { until: format.full(facts.expires) })}</p>
      </form>
    </Door>
  );
}
