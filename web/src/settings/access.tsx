// What lets me in: my password, and the devices on which I am signed in.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { failed, keys, sessionsQuery, tokensQuery } from '../api/queries';
import { useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { SHORTEST_PASSWORD } from '../setup/password';
import { useSignOut } from '../setup/sign-out';
import { Button } from '../ui/button';
import { Checkbox, Field, Input, showFaults } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, ProblemBanner, Skeleton, Tag } from '../ui/state';
import { SettingsPage } from './layout';

export function Access() {
  const { t } = useTranslation();
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.access')]}
      title={t('settings.access')}
      text={t('access.text')}
    >
      <Password />
      <Sessions />
    </SettingsPage>
  );
}

type Name = 'current' | 'password';

function Password() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [endTokens, setEndTokens] = useState(false);
  const [wrong, setWrong] = useState<Partial<Record<Name, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: () =>
      unwrap(client.PUT('/me/password', { body: { current, password, end_tokens: endTokens } })),
    onSuccess: () => {
      setCurrent('');
      setPassword('');
      setEndTokens(false);
      notify(t('access.changed'));
      void queries.invalidateQueries({ queryKey: keys.sessions });
      void queries.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: (error) => {
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      if (field === 'current' || field === 'password') {
        const { title, detail } = problemWords(error);
        showFaults(form.current, () => setWrong({ [field]: `${title} ${detail}`.trim() }));
      }
    },
  });
  return (
    <form
      ref={form}
      className="stack settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (change.isPending) return;
        const found: Partial<Record<Name, string>> = {};
        if (!current) found.current = t('field.required');
        if ([...password].length < SHORTEST_PASSWORD) {
          found.password = t('field.passwordShort', { count: SHORTEST_PASSWORD });
        }
        showFaults(form.current, () => setWrong(found));
        if (Object.keys(found).length === 0) change.mutate();
      }}
    >
      <h2>{t('access.password')}</h2>
      {/* Which account it is, to whatever keeps passwords. */}
      <input
        className="sr"
        type="email"
        autoComplete="username"
        tabIndex={-1}
        aria-hidden
        readOnly
        value={me?.user.email ?? ''}
      />
      <div className="two">
        <Field label={t('access.current')} error={wrong.current}>
          <Input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        </Field>
        <Field
          label={t('welcome.password')}
          hint={t('field.passwordHint', { count: SHORTEST_PASSWORD })}
          error={wrong.password}
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
      </div>
      {!!tokens.data?.length && (
        <Checkbox checked={endTokens} onChange={(event) => setEndTokens(event.target.checked)}>
          {t('access.endTokens')}
        </Checkbox>
      )}
      {change.isError && Object.keys(wrong).length === 0 && <ProblemBanner error={change.error} />}
      <div className="row">
        <Button look="primary" type="submit" busy={change.isPending}>
          {t('access.change')}
        </Button>
        <span className="small quiet">{t('access.othersEnd')}</span>
      </div>
    </form>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const format = useFormat();
  const { signOut, question } = useSignOut();
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const stale = () => queries.invalidateQueries({ queryKey: keys.sessions });
  const end = useMutation({
    mutationFn: (session: Schemas['Session']) =>
      unwrap(client.DELETE('/sessions/{id}', { params: { path: { id: session.id } } })),
    onSuccess: () => notify(t('access.ended')),
    onError: notifyProblem,
    onSettled: stale,
  });
  const endOthers = useMutation({
    mutationFn: () => unwrap(client.DELETE('/sessions')),
    onSuccess: () => notify(t('access.othersEnded')),
    onError: notifyProblem,
    onSettled: stale,
  });
  return (
    <section className="stack access-sessions">
      <header className="row">
        <h2 className="grow">{t('access.sessions')}</h2>
        {(sessions.data?.length ?? 0) > 1 && (
          <Button small busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('access.endOthers')}
          </Button>
        )}
      </header>
      <p className="quiet small">{t('access.sessionsText')}</p>
      {sessions.isPending ? (
        <Skeleton rows={2} />
      ) : failed(sessions) ? (
        <Failed error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('access.device')}</th>
              <th scope="col">{t('access.used')}</th>
              <th scope="col">
                <span className="sr">{t('access.end')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.data.map((session) => (
              <tr key={session.id}>
                <th scope="row">
                  {session.device || t('access.unknownDevice')}{' '}
                  {session.this && <Tag>{t('access.this')}</Tag>}
                  <span className="small quiet user-email">
                    {t('access.since', { at: format.moment(session.created) })}
                  </span>
                </th>
                <td className="tabular">
                  {session.this
                    ? t('access.now')
                    : session.last_used
                      ? format.ago(session.last_used)
                      : t('tokens.never')}
                </td>
                <td className="table-action">
                  <Button
                    small
                    busy={end.isPending && end.variables.id === session.id}
                    onClick={() => (session.this ? signOut() : end.mutate(session))}
                  >
                    {t(session.this ? 'access.signOut' : 'access.end')}
                    {!session.this && <span className="sr"> {session.device}</span>}
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {question}
    </section>
  );
}
