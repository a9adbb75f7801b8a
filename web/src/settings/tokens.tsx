import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, type Schemas, unwrap } from '../api/client';
import { failed, keys, tokensQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button, IconButton } from '../ui/button';
import { Ask } from '../ui/dialog';
import { Field, Input, Select } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, Empty, Failed, ProblemBanner, Skeleton } from '../ui/state';
import { SettingsPage } from './layout';

export function Tokens() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Schemas['Token']['scope']>('write');
  const [days, setDays] = useState('365');
  const [asking, setAsking] = useState<Schemas['Token']>();
  const make = useMutation({
    mutationFn: () =>
      unwrap(client.POST('/tokens', { body: { name: name.trim(), scope, days: Number(days) } })),
    onSuccess: () => {
      setName('');
      void queries.invalidateQueries({ queryKey: keys.tokens });
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE('/tokens/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      setAsking(undefined);
      notify(t('tokens.removed'));
      void queries.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: notifyProblem,
  });
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.tokens')]}
      title={t('settings.tokens')}
      text={t('tokens.text')}
    >
      <form
        className="row token-new"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !make.isPending) make.mutate();
        }}
      >
        <div className="grow">
          <Field label={t('tokens.name')}>
            <Input
              value={name}
              maxLength={100}
              placeholder={t('tokens.example')}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        </div>
        <Field label={t('tokens.scope')}>
          <Select
            value={scope}
            options={(['write', 'read'] as const).map((value) => ({
              value,
              label: t(`tokens.${value}`),
            }))}
            onChange={(event) => setScope(event.target.value === 'read' ? 'read' : 'write')}
          />
        </Field>
        <Field label={t('tokens.lasts')}>
          <Select
            value={days}
            options={[30, 90, 365].map((count) => ({
              value: String(count),
              label: t('tokens.days', { count }),
            }))}
            onChange={(event) => setDays(event.target.value)}
          />
        </Field>
        <Button look="primary" type="submit" busy={make.isPending} disabled={!name.trim()}>
          {t('tokens.make')}
        </Button>
      </form>
      {make.isError && <ProblemBanner error={make.error} />}
      {make.isSuccess && (
        <Banner tone="done" role="status" title={t('tokens.made', { name: make.data.name })}>
          <p>{t('tokens.once')}</p>
          <p className="row">
            <code className="grow">{make.data.secret}</code>
            <IconButton
              label={t('copy')}
              onClick={() => {
                void navigator.clipboard
                  .writeText(make.data.secret)
                  .then(() => notify(t('copied')), notifyProblem);
              }}
            >
              <Copy size={16} aria-hidden />
            </IconButton>
          </p>
        </Banner>
      )}
      {tokens.isPending ? (
        <Skeleton rows={3} />
      ) : failed(tokens) ? (
        <Failed error={tokens.error} onRetry={() => void tokens.refetch()} />
      ) : tokens.data.length === 0 ? (
        <Empty
          icon={<KeyRound size={24} aria-hidden />}
          title={t('tokens.none')}
          text={t('tokens.noneText')}
        />
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('field.name')}</th>
              <th scope="col">{t('tokens.scope')}</th>
              <th scope="col">{t('tokens.created')}</th>
              <th scope="col">{t('tokens.until')}</th>
              <th scope="col">{t('tokens.used')}</th>
              <th scope="col">
                <span className="sr">{t('tokens.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.data.map((token) => (
              <tr key={token.id}>
                <th scope="row">{token.name}</th>
                <td>{t(`tokens.${token.scope}`)}</td>
                <td className="tabular">
                  <span className="token-what quiet">{t('tokens.created')} </span>
                  {format.day(token.created)}
                </td>
                <td className="tabular">
                  <span className="token-what quiet">{t('tokens.until')} </span>
                  {!token.expires
                    ? t('tokens.forEver')
                    : new Date(token.expires).getTime() <= Date.now()
                      ? t('tokens.over')
                      : format.day(token.expires)}
                </td>
                <td className="tabular">
                  <span className="token-what quiet">{t('tokens.used')} </span>
                  {token.last_used ? format.ago(token.last_used) : t('tokens.never')}
                </td>
                <td className="table-action">
                  <IconButton
                    label={t('tokens.removeOf', { name: token.name })}
                    onClick={() => setAsking(token)}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Ask
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={t('tokens.removeTitle', { name: asking?.name ?? '' })}
        text={t('tokens.removeText')}
        confirm={t('tokens.remove')}
        danger
        busy={remove.isPending}
        onConfirm={() => asking && remove.mutate(asking.id)}
      />
    </SettingsPage>
  );
}
