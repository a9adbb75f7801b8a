import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { failed, keys, pastQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Radio } from '../ui/field';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, Skeleton, Tag } from '../ui/state';
import { useConnected } from './disconnect';

type Past = Schemas['Past'];
type Request = Schemas['PastRequest'];

// C-14: whether older e-mail of this mailbox opens when a colleague makes somebody a candidate. The
// owner's alone: nobody else is shown the place.
export function Past({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const past = useQuery({
    ...pastQuery(mailbox),
    enabled: useConnected(mailbox),
    refetchInterval: ({ state }) => (state.data?.rows.some((row) => row.searching) ? 5000 : false),
  });
  if (past.error instanceof ProblemError && past.error.status === 404) return null;
  return (
    <section aria-labelledby="past">
      <h2 id="past">{t('past.title')}</h2>
      <p className="quiet">
        {t('past.text')} {past.data?.own && t('past.onlyYou')}
      </p>
      {past.isPending ? (
        <Skeleton rows={2} />
      ) : failed(past) ? (
        <Failed error={past.error} onRetry={() => void past.refetch()} />
      ) : (
        <Decisions mailbox={mailbox} past={past.data} />
      )}
    </section>
  );
}

// What was decided is shown at once, and what still waits elsewhere.
function useDecided(mailbox: string) {
  const queries = useQueryClient();
  return (now: Past) => {
    queries.setQueryData(pastQuery(mailbox).queryKey, now);
    void queries.invalidateQueries({ queryKey: keys.mailboxes });
  };
}

function useAnswer(mailbox: string) {
  return useMutation({
    mutationFn: (body: { address?: string; word: 'open' | 'decline' }) =>
      unwrap(client.POST('/mailboxes/{id}/past', { params: { path: { id: mailbox } }, body })),
    onSuccess: useDecided(mailbox),
    onError: notifyProblem,
  });
}

function Decisions({ mailbox, past }: { mailbox: string; past: Past }) {
  const { t } = useTranslation();
  const decided = useDecided(mailbox);
  const choose = useMutation({
    mutationFn: (word: Past['past']) =>
      unwrap(
        client.PUT('/mailboxes/{id}/past', {
          params: { path: { id: mailbox } },
          body: { past: word },
        }),
      ),
    onSuccess: (now) => {
      decided(now);
      notify(t('saved'));
    },
    onError: notifyProblem,
  });
  const answer = useAnswer(mailbox);
  const toAll = (one: 'open' | 'decline') => ({
    small: true,
    busy: answer.isPending && answer.variables.word === one,
    onClick: () => {
      if (!answer.isPending) answer.mutate({ word: one });
    },
  });
  const chosen = choose.isPending ? choose.variables : past.past;
  return (
    <div className="stack">
      <fieldset>
        <legend className="legend">{t('past.legend')}</legend>
        {(['ask', 'open'] as const).map((word) => (
          <Radio
            key={word}
            name="past"
            checked={chosen === word}
            onChange={() => choose.mutate(word)}
          >
            {t(word === 'open' && past.asked > 0 ? 'past.openWaiting' : `past.${word}`)}
          </Radio>
        ))}
      </fieldset>
      {past.asked > 1 && (
        <div className="row wrap">
          <span className="grow">{t('rail.asked', { count: past.asked })}</span>
          <Button {...toAll('open')}>{t('past.all')}</Button>
          <Button {...toAll('decline')}>{t('past.none')}</Button>
        </div>
      )}
      {past.rows.length > 0 && (
        <ul className="past-requests">
          {past.rows.map((row) => (
            <li key={row.address}>
              <One mailbox={mailbox} row={row} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function One({ mailbox, row }: { mailbox: string; row: Request }) {
  const { t } = useTranslation();
  const format = useFormat();
  const answer = useAnswer(mailbox);
  const about = <span className="sr"> {row.address}</span>;
  const word = (one: 'open' | 'decline') => ({
    small: true,
    busy: answer.isPending && answer.variables.word === one,
    onClick: () => {
      if (!answer.isPending) answer.mutate({ address: row.address, word: one });
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
