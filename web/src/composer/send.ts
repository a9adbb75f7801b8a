// Sending once. The key belongs to the exact content: the same message that is tried again after a
// lost answer keeps its key (and is not sent twice), a changed one gets a new key.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from '../api/client';
import { type Message, threadQuery } from '../api/queries';

export type Outgoing = Schemas['Draft'];

let last: { content: string; key: string } | undefined;

export function keyFor(content: string, make: () => string = () => crypto.randomUUID()): string {
  if (last?.content !== content) last = { content, key: make() };
  return last.key;
}

export async function send(draft: Outgoing): Promise<Schemas['OutboxMessage']> {
  const key = keyFor(JSON.stringify(draft));
  const answer = await unwrap(
    client.POST('/messages', { params: { header: { 'Idempotency-Key': key } }, body: draft }),
  );
  last = undefined; // the next message with the same words is a new one
  return answer;
}

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
              date: now,
              kind: 'human' as const,
              direction: 'outgoing' as const,
              attachments: [],
              why: { by: 'sent_here' as const, detail: '' },
              outbox: {
                id,
                state: 'queued' as const,
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
