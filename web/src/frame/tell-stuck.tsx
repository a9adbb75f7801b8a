// What I wrote and nobody got (REL3) is said wherever I have gone on to; it is counted beside Sent, too.
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { codeWords } from '../api/problem';
import { fetchTurn, type OutboxMessage } from '../api/queries';
import { notifier, unsay } from '../ui/notice';

const MOST_TOLD = 10; // at once: all are counted
const aboutOf = ({ id }: OutboxMessage) => `stuck ${id}`;

/** `before`: what was known already when the page came. */
export function TellStuck({
  rows,
  before,
}: {
  rows: readonly OutboxMessage[];
  before: readonly OutboxMessage[];
}) {
  const { t } = useTranslation();
  const router = useRouter();
  const known = useRef(before);
  useEffect(() => {
    const isAmong = (list: readonly OutboxMessage[], row: OutboxMessage) =>
      list.some(({ id, state }) => id === row.id && state === row.state);
    const came = rows.filter((row) => !isAmong(known.current, row));
    for (const row of known.current) if (!isAmong(rows, row)) unsay(aboutOf(row));
    known.current = rows;
    for (const row of came.slice(0, MOST_TOLD)) {
      // Where its conversation is open, it is said there.
      if (router.history.location.pathname.includes(row.thread)) continue;
      const say = notifier();
      fetchTurn(row.thread).then(
        (thread) => {
          if (!isAmong(known.current, row)) return;
          const name = thread.candidate_name;
          const words =
            row.state === 'failed'
              ? [t('compose.notSent', { name }), codeWords(row.why).title].join(' ')
              : `${name} · ${t('outbox.state.uncertain')}`;
          say(words, {
            tone: 'problem',
            loss: true,
            about: aboutOf(row),
            series: 'stuck',
            action: {
              label: t('compose.show'),
              run: () =>
                void router.navigate(
                  thread.non_candidate
                    ? { to: '/non-candidates/$threadId', params: { threadId: row.thread } }
                    : {
                        to: '/candidates/$candidateId/threads/$threadId',
                        params: { candidateId: row.candidate, threadId: row.thread },
                      },
                ),
              shows: true,
            },
          });
        },
        () => {}, // it is counted beside Sent all the same
      );
    }
  }, [rows, router, t]);
  return null;
}
