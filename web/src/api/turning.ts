// Conversations that are being put away or taken back (M-8): the page shows them where they go at once.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { countsQuery, keys, MOST_COUNTED, type ThreadFilter, type Turn } from './queries';
import { patchRows, rowsIn, words } from './rows';
import { turning } from './said';

type Row = Schemas['ThreadRow'];
// `came`: up to where the reader was shown it.
type Turned = Pick<Row, 'id' | 'triage' | 'asked_at' | 'came'>;

export const turnAfter = (thread: Pick<Row, 'asked_at'>, done: boolean): Turn =>
  done ? 'done' : thread.asked_at ? 'to_answer' : 'waiting';

// In every list that holds it; rows of another turn than their list's are not shown (inbox/live.ts).
export function showTurn(queries: QueryClient, thread: string, turn: Turn | null): void {
  patchRows(queries, thread, { triage: turn }, { lists: (list) => list.triage !== undefined });
}

// Only what lies in the inbox is counted; of what was never listed there the server tells.
function countTurn(queries: QueryClient, id: string, from: Turn | null, to: Turn | null): void {
  const step = Number(to === 'to_answer') - Number(from === 'to_answer');
  const listed = queries
    .getQueryCache()
    .findAll({ queryKey: keys.threads })
    .some(
      ({ queryKey, state }) =>
        (queryKey[2] as ThreadFilter).place === 'inbox' &&
        rowsIn(state.data).some((row) => row.id === id),
    );
  if (!step || !listed) return;
  queries.setQueryData(countsQuery.queryKey, (counts) =>
    counts && counts.to_answer < MOST_COUNTED
      ? { ...counts, to_answer: Math.max(0, counts.to_answer + step) }
      : counts,
  );
}

// The answers may be old: what lies in no open list is asked for when it is looked at.
export function outdateTurns(queries: QueryClient): void {
  const turns = ({ queryKey }: { queryKey: readonly unknown[] }) =>
    queryKey[0] === 'threads' && (queryKey[2] as ThreadFilter).triage !== undefined;
  void queries.invalidateQueries({
    predicate: (query) => turns(query) && query.queryKey[1] === 'head',
  });
  void queries.invalidateQueries({
    predicate: (query) => turns(query) && query.queryKey[1] === 'list',
    type: 'inactive',
    refetchType: 'none',
  });
  void queries.invalidateQueries({ queryKey: keys.counts });
}

const say = words<Turn | null>();

/** At once, and taken back where the server refuses: then it throws. */
export async function setDone(queries: QueryClient, thread: Turned, done: boolean): Promise<void> {
  const { id, triage, came } = thread;
  const to = turnAfter(thread, done);
  turning.say(id, to);
  void queries.cancelQueries({ queryKey: keys.thread(id), exact: true });
  void queries.cancelQueries({ queryKey: keys.counts });
  countTurn(queries, id, triage, to);
  showTurn(queries, id, to);
  await say(
    id,
    { was: triage, to },
    () =>
      unwrap(
        client.PATCH('/threads/{id}', {
          params: { path: { id } },
          body: done ? { done, seen: came } : { done },
          keepalive: true, // whoever closes the page right after has said it all the same
        }),
      ),
    (stands) => {
      turning.settle(id, stands);
      showTurn(queries, id, stands);
      if (stands !== to) countTurn(queries, id, to, stands);
      outdateTurns(queries);
      void queries.invalidateQueries({ queryKey: keys.thread(id), exact: true });
    },
  );
}
