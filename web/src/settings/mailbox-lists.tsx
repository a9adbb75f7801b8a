import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CirclePause } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, type Schemas, unwrap } from '../api/client';
import { codeWords } from '../api/problem';
import { failed, foldersQuery, keys, ledgerQuery, quarantineQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Select } from '../ui/field';
import { More } from '../ui/more';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, Skeleton } from '../ui/state';
import { useConnected } from './disconnect';

const ROLES = ['incoming', 'outgoing', 'ignored'] as const;

export function Folders({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const folders = useQuery({ ...foldersQuery(mailbox), enabled: useConnected(mailbox) });
  const { queryKey } = foldersQuery(mailbox);
  const change = useMutation({
    mutationFn: ({ folder, role }: { folder: string; role: Schemas['Folder']['role'] }) =>
      unwrap(
        client.PATCH('/mailboxes/{id}/folders/{folder}', {
          params: { path: { id: mailbox, folder } },
          body: { role },
        }),
      ),
    onMutate: ({ folder, role }) => {
      const before = queries.getQueryData(queryKey);
      queries.setQueryData(queryKey, (rows) =>
        rows?.map((row) => (row.id === folder ? { ...row, role, role_by_user: true } : row)),
      );
      return before;
    },
    onSuccess: () => notify(t('saved')),
    onError: (error, _change, before) => {
      queries.setQueryData(queryKey, before);
      notifyProblem(error);
    },
  });
  if (folders.isPending) return <Skeleton rows={4} />;
  if (failed(folders)) {
    return <Failed error={folders.error} onRetry={() => void folders.refetch()} />;
  }
  if (folders.data.length === 0) return <p className="small quiet">{t('folders.none')}</p>;
  return (
    <table className="table folders">
      <thead>
        <tr>
          <th scope="col">{t('folders.name')}</th>
          <th scope="col">{t('folders.role')}</th>
          <th scope="col" className="number">
            {t('folders.imported')}
          </th>
        </tr>
      </thead>
      <tbody>
        {folders.data.map((folder) => (
          <tr key={folder.id}>
            <th scope="row" className="folder-name">
              {folder.name}
              {folder.resting && <Rests resting={folder.resting} />}
            </th>
            <td>
              <Select
                aria-label={t('folders.roleOf', { name: folder.name })}
                value={folder.role}
                options={ROLES.map((role) => ({ value: role, label: t(`folders.is.${role}`) }))}
                onChange={(event) =>
                  change.mutate({
                    folder: folder.id,
                    role: event.target.value as Schemas['Folder']['role'],
                  })
                }
              />
              {folder.role_by_user && <p className="small quiet">{t('folders.byUser')}</p>}
            </td>
            <td className="number tabular">{format.number(folder.imported)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// Why a folder can't be read, in words that fit a folder.
function Rests({ resting }: { resting: Schemas['Resting'] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const own = `folders.why.${resting.why}`;
  const next = Date.parse(resting.next_try) > Date.now();
  return (
    <div className="folder-rests">
      <p className="row small">
        <CirclePause size={14} aria-hidden />
        {t('folders.rests', { when: format.full(resting.since) })}
      </p>
      <p className="small quiet">
        {i18n.exists(own) ? t(own as never) : codeWords(resting.why).title}
        {next && ` ${t('health.next', { when: format.until(resting.next_try) })}`}
      </p>
    </div>
  );
}

export function Ledger({ mailbox }: { mailbox: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const ledger = useInfiniteQuery({ ...ledgerQuery(mailbox), enabled: useConnected(mailbox) });
  if (ledger.isPending) return <Skeleton rows={3} />;
  if (ledger.isError) return <Failed error={ledger.error} onRetry={() => void ledger.refetch()} />;
  const rows = ledger.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) return <p className="small quiet">{t('ledger.none')}</p>;
  const rule = (code: string) => {
    const key = `ledger.rule.${code}`;
    return i18n.exists(key) ? t(key as never) : code;
  };
  return (
    <div className="stack">
      <div className="table-scroll">
        <table className="table ledger">
          <thead>
            <tr>
              <th scope="col">{t('ledger.when')}</th>
              <th scope="col">{t('ledger.where')}</th>
              <th scope="col">{t('ledger.why')}</th>
              <th scope="col" className="number">
                {t('ledger.size')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.folder}/${row.uid}/${row.at}`}>
                <td className="tabular" title={format.full(row.at)}>
                  {format.moment(row.at)}
                </td>
                <td>
                  {row.folder} <span className="quiet tabular">#{row.uid}</span>
                </td>
                <td>{rule(row.rule)}</td>
                <td className="number tabular">{format.octets(row.octets)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More of={ledger} />
    </div>
  );
}

export function Quarantine({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const list = useInfiniteQuery({ ...quarantineQuery(mailbox), enabled: useConnected(mailbox) });
  const retry = useMutation({
    mutationFn: (row: Schemas['Quarantined']) =>
      unwrap(
        client.POST('/mailboxes/{id}/quarantine/{folder}/{uid}', {
          params: { path: { id: mailbox, folder: row.folder_id, uid: row.uid } },
        }),
      ),
    onSuccess: () => {
      notify(t('quarantine.retrying'));
      void queries.invalidateQueries({ queryKey: keys.mailbox(mailbox) });
    },
    onError: notifyProblem,
  });
  if (list.isPending) return <Skeleton rows={2} />;
  if (!list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div className="stack">
      <ul className="quarantine">
        {list.data.pages
          .flatMap((page) => page.rows)
          .map((row) => (
            <li key={`${row.folder_id}/${row.uid}`} className="row">
              <div className="grow">
                <p>
                  {row.folder} <span className="quiet tabular">#{row.uid}</span>
                </p>
                <p className="small">{codeWords(row.reason).title}</p>
                <p className="small quiet">
                  {t('quarantine.tried', { count: row.attempts, date: format.day(row.since) })}
                  {row.given_up ? '' : ` ${t('quarantine.again')}`}
                </p>
              </div>
              <Button
                small
                busy={retry.isPending && retry.variables === row}
                onClick={() => retry.mutate(row)}
              >
                {t('tryAgain')}
              </Button>
            </li>
          ))}
      </ul>
      <More of={list} />
    </div>
  );
}
