// Sending once. The key belongs to the exact content: the same message that is tried again after a lost answer
// keeps its key, a changed one gets a key of its own and goes instead of those of which nobody knows whether they
// went. The keys stay beside the draft: it outlives this page, and may be sent from another tab.
import { onlineManager, type QueryClient } from '@tanstack/react-query';
import { client, isLost, ProblemError, type Schemas, unwrap } from '../api/client';
import { type Message, threadQuery } from '../api/queries';
import { type Answers, keepAttempts, readAttempts } from './drafts';

export type Outgoing = Schemas['Draft'];

async function digestOf(content: string): Promise<string> {
  const octets = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content));
  return Array.from(new Uint8Array(octets), (one) => one.toString(16).padStart(2, '0')).join('');
}

/** Where it is written: in a conversation, or to a candidate, or to somebody who is none. */
export const placeOf = ({
  thread,
  candidate,
}: { [K in 'thread' | 'candidate']?: string | undefined }) =>
  thread ? { thread } : candidate ? { candidate } : {};
export const answersOf = ({ internal, seen }: Answers) => ({
  ...(internal ? { internal } : {}),
  ...(seen === undefined ? {} : { seen }),
});

export async function send(
  { user, about }: { user: string; about: string },
  outgoing: Outgoing,
  intro?: string,
): Promise<Schemas['OutboxMessage']> {
  const digest = await digestOf(JSON.stringify(outgoing));
  const own = () => readAttempts(user, about).find((one) => one.digest === digest);
  const others = () => readAttempts(user, about).filter((one) => one.digest !== digest);
  const before = own() ?? { digest, key: crypto.randomUUID() };
  // Lost until somebody answers: this page may be gone by then.
  const lost = {
    at: before.lost ? (before.lost.at ?? 0) : Date.now(),
    ...placeOf(outgoing),
    ...answersOf(outgoing),
    ...(intro === undefined ? {} : { intro }),
  };
  const insteadOf = others().flatMap((one) => (one.lost ? [one.key] : []));
  keepAttempts(user, about, [...others(), { ...before, lost }]);
  try {
    const header = {
      'Idempotency-Key': before.key,
      ...(insteadOf.length > 0 ? { 'Idempotency-Instead-Of': insteadOf.join(' ') } : {}),
    };
    const answer = await unwrap(client.POST('/messages', { params: { header }, body: outgoing }));
    // The next message with the same words is a new one; and what else went without an answer hasn't gone.
    keepAttempts(user, about, known(others()));
    return answer;
  } catch (error) {
    if (wentBefore(error)) keepAttempts(user, about, known(others()));
    // It hasn't gone now; what nobody answered before may have.
    else if (!isLost(error) && own()) keepAttempts(user, about, [...others(), before]);
    throw error;
  }
}

// As once it is known what became of them.
const known = (attempts: ReturnType<typeof readAttempts>) =>
  attempts.map(({ digest, key }) => ({ digest, key }));

/** It went in another form, as before it was changed: what is sent now would be one more. */
export const wentBefore = (error: unknown): boolean =>
  error instanceof ProblemError &&
  ['idempotency.other-done', 'idempotency.reused'].includes(error.code);

/** Without a network, what is asked for waits until there is one; nobody waits with it. */
export const whileOnline = (comes: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    if (!onlineManager.isOnline()) return resolve(); // it is told of changes alone
    const end = onlineManager.subscribe((online) => online || over());
    const over = () => {
      end();
      resolve();
    };
    comes.then(over, over);
  });

// The message stands in the thread at once, marked as queued, until the server's own arrives.
export function insertOptimistically(
  queries: QueryClient,
  thread: string,
  message: Pick<Message, 'from' | 'to' | 'cc' | 'subject' | 'snippet'>,
): () => void {
  const id = `pending:${crypto.randomUUID()}`;
  const now = new Date().toISOString();
  const { queryKey } = threadQuery(thread);
  queries.setQueryData(queryKey, (before) =>
    before
      ? {
          ...before,
          messages: [
            ...before.messages,
            {
              ...message,
              id,
              people_left_out: 0,
              date: now,
              kind: 'human' as const,
              direction: 'outgoing' as const,
              attachments: [],
              versions: 1,
              version_of: null,
              version_in: [],
              why: { by: 'sent_here' as const, detail: '', corrected: null },
              outbox: {
                id,
                state: 'queued' as const,
                mine: true,
                thread,
                candidate: before.candidate,
                message: id,
                created: now,
                sent: null,
                attempts: 0,
                next_try: null,
                copy_filed: false,
                why: '',
                answer: '',
              },
            },
          ],
        }
      : before,
  );
  return () =>
    queries.setQueryData(queryKey, (now) =>
      now ? { ...now, messages: now.messages.filter((one) => one.id !== id) } : now,
    );
}
