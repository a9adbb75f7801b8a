import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { failed, keys, pastQuery, pastSearchingQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Ask } from '../ui/dialog';
import { Radio } from '../ui/field';
import { More } from '../ui/more';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, Skeleton, Tag } from '../ui/state';
import { useConnected } from './disconnect';

type Past = Schemas['Past'];
type Request = Schemas['PastRequest'];

// C-14: whether older e-mail of this mailbox opens when a colleague makes somebody a candidate. The
// owner's alone: nobody else is shown the place.
export function Past({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const past = useInfiniteQuery({ ...pastQuery(mailbox), enabled: useConnected(mailbox) });
  const found = useFound(mailbox, past);
  if (past.error instanceof ProblemError && past.error.status === 404) return null;
  const first = past.data?.pages[0];
  return (
    <section aria-labelledby="past">
      <h2 id="past">{t('past.title')}</h2>
      <p className="quiet">
        {t('past.text')} {first?.own && t('past.onlyYou')}
      </p>
      {past.isPending ? (
        <Skeleton rows={2} />
      ) : failed(past) || !first ? (
        <Failed error={past.error} onRetry={() => void past.refetch()} />
      ) : (
        <div className="stack">
          <Choice mailbox={mailbox} past={first} />
          <ForAll mailbox={mailbox} past={first} />
          {first.rows.length > 0 && (
            <ul className="past-requests">
              {rowsOf(past).map((row) => (
                <li key={row.address}>
                  <One mailbox={mailbox} row={found.get(row.address) ?? row} />
                </li>
              ))}
            </ul>
          )}
          <More of={past} />
        </div>
      )}
    </section>
  );
}

type List = {
  data?: { pages: Past[] } | undefined;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
};
const rowsOf = (past: List) => past.data?.pages.flatMap((page) => page.rows) ?? [];

// While some are looked for, those alone are asked for; the list is once one of them is through.
function useFound(mailbox: string, past: List): Map<string, Request> {
  const sought = rowsOf(past).filter((row) => row.searching);
  const { data, dataUpdatedAt } = useQuery({
    ...pastSearchingQuery(mailbox),
    enabled: sought.length > 0,
    refetchInterval: 5000,
  });
  const isNew = dataUpdatedAt > past.dataUpdatedAt;
  const found = new Map(isNew ? data?.rows.map((row) => [row.address, row]) : []);
  const through = isNew && !data?.next && sought.some((row) => !found.has(row.address));
  const foundAt = through ? dataUpdatedAt : 0; // once more each time, should it not succeed
  const { refetch } = past;
  useEffect(() => {
    if (foundAt > 0) void refetch();
  }, [foundAt, refetch]);
  return found;
}

// What was decided is shown at once, and what still waits elsewhere.
function useDecided(mailbox: string) {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: keys.past(mailbox) }),
      queries.invalidateQueries({ queryKey: keys.mailboxes }),
    ]);
}

type Answer = {
  address?: string;
  word: 'open' | 'decline' | 'ask';
  shown?: number;
  newest?: number;
  declined?: string;
};

function useAnswer(mailbox: string) {
  const decided = useDecided(mailbox);
  return useMutation({
    mutationFn: (body: Answer) =>
      unwrap(client.POST('/mailboxes/{id}/past', { params: { path: { id: mailbox } }, body })),
    onSuccess: decided,
    // More may wait by now, or somebody else.
    onError: (error) => {
      notifyProblem(error);
      void decided();
    },
  });
}

// An arrow key moves the choice: what opens can't be closed again, so that is asked about first.
function Choice({ mailbox, past }: { mailbox: string; past: Past }) {
  const { t } = useTranslation();
  const [asks, setAsks] = useState(false);
  const decided = useDecided(mailbox);
  const choose = useMutation({
    mutationFn: (word: Past['past']) =>
      unwrap(
        client.PUT('/mailboxes/{id}/past', {
          params: { path: { id: mailbox } },
          body: { past: word },
        }),
      ),
    onSuccess: async () => {
      await decided();
      setAsks(false);
      notify(t('saved'));
    },
    onError: notifyProblem,
  });
  const chosen = choose.isPending ? choose.variables : past.past;
  return (
    <>
      <fieldset>
        <legend className="legend">{t('past.legend')}</legend>
        {(['ask', 'open'] as const).map((word) => (
          <Radio
            key={word}
            name="past"
            checked={chosen === word}
            onChange={() => (word === 'open' ? setAsks(true) : choose.mutate(word))}
          >
            {t(`past.${word}`)}
          </Radio>
        ))}
      </fieldset>
      <Ask
        open={asks}
        onClose={() => setAsks(false)}
        title={t('past.openAsk')}
        text={t('past.openText')}
        confirm={t('past.openConfirm')}
        busy={choose.isPending}
        onConfirm={() => choose.mutate('open')}
      />
    </>
  );
}

// A word for all is about those who were shown to wait as it was given.
function ForAll({ mailbox, past }: { mailbox: string; past: Past }) {
  const { t } = useTranslation();
  const [seen, setSeen] = useState<Past>();
  const answer = useAnswer(mailbox);
  const openAll = async (newest: number) => {
    await answer.mutateAsync({ word: 'open', newest }).catch(() => {});
    setSeen(undefined);
  };
  const declineAll = () =>
    answer.mutate(
      { word: 'decline', newest: past.newest },
      {
        onSuccess: ({ now }) =>
          notify(t('past.noneDone'), {
            action: { label: t('undo'), run: () => answer.mutate({ word: 'ask', declined: now }) },
          }),
      },
    );
  const busy = (word: Answer['word']) => answer.isPending && answer.variables.word === word;
  return (
    <>
      {past.asked > 1 && (
        <div className="row wrap">
          <span className="grow">{t('rail.asked', { count: past.asked })}</span>
          <Button small onClick={() => setSeen(past)}>
            {t('past.all')}
          </Button>
          <Button
            small
            busy={busy('decline')}
            onClick={() => {
              if (!answer.isPending) declineAll();
            }}
          >
            {t('past.none')}
          </Button>
        </div>
      )}
      <Ask
        open={Boolean(seen)}
        onClose={() => setSeen(undefined)}
        title={t('past.allAsk', { count: seen?.asked ?? 0 })}
        text={t('past.allText')}
        confirm={t('past.all')}
        busy={busy('open')}
        onConfirm={() => {
          if (seen && !answer.isPending) void openAll(seen.newest);
        }}
      />
    </>
  );
}

// What it says is what is answered: the address may be another's by now.
function One({ mailbox, row }: { mailbox: string; row: Request }) {
  const { t } = useTranslation();
  const format = useFormat();
  const answer = useAnswer(mailbox);
  const about = <span className="sr"> {row.address}</span>;
  const word = (one: 'open' | 'decline') => ({
    small: true,
    busy: answer.isPending && answer.variables.word === one,
    onClick: () => {
      if (!answer.isPending) answer.mutate({ address: row.address, word: one, shown: row.shown });
    },
  });
  return (
    <div className="row wrap">
      <div className="grow">
        <p>{t('past.says', { name: row.added_by || t('past.somebody'), address: row.address })}</p>
        <p className="small quiet">
          {format.full(row.added)}
          {row.candidates.map((one) => (
            <span key={one.id}>
              {' · '}
              <Link to="/candidates/$candidateId" params={{ candidateId: one.id }}>
                {[one.name, ...one.jobs].join(', ')}
              </Link>
            </span>
          ))}
        </p>
      </div>
      {row.state === 'opened' ? (
        <Tag tone="done">
          {row.brought === 0 && row.searching
            ? t('past.searching')
            : t('past.brought', { count: row.brought ?? 0 })}
        </Tag>
      ) : (
        <div className="row">
          <Button {...word('open')}>
            {t('past.go')}
            {about}
          </Button>
          {row.state === 'asked' ? (
            <Button {...word('decline')}>
              {t('past.notNow')}
              {about}
            </Button>
          ) : (
            <span className="small quiet">{t('past.declined')}</span>
          )}
        </div>
      )}
    </div>
  );
}

// At the mailbox's entry in the list: that its owner is asked.
export function PastAsked({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return <Tag tone="attention">{t('rail.asked', { count })}</Tag>;
}
