// What I wrote and nobody got (REL3) is said wherever I have gone on to; it is counted beside Sent, too.
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { codeWords } from '../api/problem';
import { fetchTurn, type OutboxMessage } from '../api/queries';
import { notifier, unsay } from '../ui/notice';

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
      list.some(({ id }) => id === row.id);
    const came = rows.filter((row) => !isAmong(known.current, row));
    for (const row of known.current) if (!isAmong(rows, row)) unsay(aboutOf(row));
    known.current = rows;
    for (const row of came) {
      // Where its conversation is open, it is said there.
      if (router.history.location.pathname.includes(row.thread)) continue;
      const say = notifier();
      fetchTurn(row.thread).then(
        (thread) => {
          if (!isAmong(known.current, row)) return;
          const words = [
            t(row.state === 'failed' ? 'compose.notSent' : 'outbox.uncertain.title', {
              name: thread.candidate_name,
            }),
            row.state === 'failed' && codeWords(row.why).title,
          ];
          say(words.filter(Boolean).join(' '), {
            tone: 'problem',
            about: aboutOf(row),
            action: {
              label: t('compose.show'),
              run: () =>
                void router.navigate({
                  to: '/candidates/$candidateId/threads/$threadId',
                  params: { candidateId: row.candidate, threadId: row.thread },
                }),
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
