import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { failed, pastQuery } from '../api/queries';
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
      <p className="quiet">{t('past.text')}</p>
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

function Decisions({ mailbox, past }: { mailbox: string; past: Past }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const path = { params: { path: { id: mailbox } } };
  const { queryKey } = pastQuery(mailbox);
  const choose = useMutation({
    mutationFn: (word: Past['past']) =>
      unwrap(client.PUT('/mailboxes/{id}/past', { ...path, body: { past: word } })),
    onSuccess: (now) => {
      queries.setQueryData(queryKey, now);
      notify(t('saved'));
    },
    onError: notifyProblem,
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
            {t(`past.${word}`)}
          </Radio>
        ))}
      </fieldset>
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
  const queries = useQueryClient();
  const answer = useMutation({
    mutationFn: (word: 'open' | 'decline') =>
      unwrap(
        client.POST('/mailboxes/{id}/past', {
          params: { path: { id: mailbox } },
          body: { address: row.address, word },
        }),
      ),
    onSuccess: (now) => queries.setQueryData(pastQuery(mailbox).queryKey, now),
    onError: notifyProblem,
  });
  const about = <span className="sr"> {row.address}</span>;
  const word = (one: 'open' | 'decline') => ({
    small: true,
    busy: answer.isPending && answer.variables === one,
    onClick: () => {
      if (!answer.isPending) answer.mutate(one);
    },
  });
  return (
    <div className="row wrap">
      <div className="grow">
        <p>{t('past.says', { name: row.added_by, address: row.address })}</p>
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
export function PastAsked({ mailbox }: { mailbox: string }) {
  const { t } = useTranslation();
  const asked = useQuery(pastQuery(mailbox)).data?.asked ?? 0;
  if (asked === 0) return null;
  return <Tag tone="attention">{t('past.asked', { count: asked })}</Tag>;
}
