import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { failed, neverSyncedQuery } from '../api/queries';
import { Button, IconButton } from '../ui/button';
import { Field, Input, showFaults } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, Skeleton } from '../ui/state';
import { useConnected } from './disconnect';

// C-14: with whom the owner keeps mail of this mailbox from Hearback. Nobody else is shown the place.
export function NeverSynced({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const list = useQuery({ ...neverSyncedQuery(mailbox), enabled: useConnected(mailbox) });
  if (list.error instanceof ProblemError && list.error.status === 404) return null;
  return (
    <section aria-labelledby="never-synced">
      <h2 id="never-synced">{t('never.title')}</h2>
      <p className="quiet">{t('never.text')}</p>
      {list.isPending ? (
        <Skeleton rows={2} />
      ) : failed(list) ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Entries mailbox={mailbox} entries={list.data} />
      )}
    </section>
  );
}

function Entries({ mailbox, entries }: { mailbox: string; entries: readonly string[] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: (body: { add?: string[]; remove?: string[] }) =>
      unwrap(
        client.PATCH('/mailboxes/{id}/never-synced', { params: { path: { id: mailbox } }, body }),
      ),
    onSuccess: ({ rows }) =>
      queries.setQueryData(
        neverSyncedQuery(mailbox).queryKey,
        rows.map((row) => row.entry),
      ),
  });
  const field = () => form.current?.querySelector<HTMLElement>('input')?.focus();
  const add = () => {
    if (change.isPending) return;
    setWrong(undefined);
    const entry = typed.trim();
    change.mutate(
      { add: [entry] },
      {
        onSuccess: () => {
          setTyped('');
          notify(t('never.added', { entry }));
          field();
        },
        onError: (error) => showFaults(form.current, () => setWrong(problemWords(error).title)),
      },
    );
  };
  const remove = (entry: string) =>
    change.mutate(
      { remove: [entry] },
      {
        onSuccess: () => {
          field();
          notify(t('never.removed', { entry }), {
            action: {
              label: t('undo'),
              run: () => change.mutate({ add: [entry] }, { onError: notifyProblem }),
            },
          });
        },
        onError: notifyProblem,
      },
    );
  return (
    <div className="stack">
      {entries.length > 0 && (
        <ul className="never-synced">
          {entries.map((entry) => (
            <li key={entry} className="row">
              <span className="grow">
                {entry.includes('@') ? entry : t('never.everybody', { domain: entry })}
              </span>
              <IconButton label={t('never.remove', { entry })} onClick={() => remove(entry)}>
                <X size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Field label={t('never.label')} hint={t('never.hint')} error={wrong} narrow>
          <Input
            value={typed}
            maxLength={320}
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <div>
          <Button type="submit" busy={change.isPending} icon={<Plus size={16} aria-hidden />}>
            {t('never.add')}
          </Button>
        </div>
      </form>
      <p className="small quiet">{t('never.stays')}</p>
    </div>
  );
}
