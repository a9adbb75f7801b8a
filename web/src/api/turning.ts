// Conversations that are being put away or taken back (M-8): the page shows them where they go at once,
// and an answer from before the server knew doesn't bring them back.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { countsQuery, keys, MOST_COUNTED, type ThreadFilter, type Turn, turning } from './queries';

type Row = Schemas['ThreadRow'];
type Page = { rows: Row[] };
// `last_at`: of the newest message that the reader was shown.
type Turned = Pick<Row, 'id' | 'triage' | 'asked_at' | 'last_at'>;

export const turnAfter = (thread: Pick<Row, 'asked_at'>, done: boolean): Turn =>
  done ? 'done' : thread.asked_at ? 'to_answer' : 'waiting';

// Of an open conversation; what is only on its way there has no date of the server's.
export function newestIn(thread: Schemas['Thread'] | undefined): string | undefined {
  const dates = thread?.messages.filter(({ id }) => !id.startsWith('pending:'));
  return dates
    ?.map(({ date }) => date)
    .sort()
    .at(-1);
}

// In every list that holds it; rows of another turn than their list's are not shown (inbox/live.ts).
export function showTurn(queries: QueryClient, thread: string, turn: Turn | null): void {
  const turned = <P extends Page>(page: P): P => {
    if (!page.rows.some((row) => row.id === thread && row.triage !== turn)) return page;
    const rows = page.rows.map((row) => (row.id === thread ? { ...row, triage: turn } : row));
    return { ...page, rows };
  };
  for (const query of queries.getQueryCache().findAll({ queryKey: keys.threads })) {
    if (!(query.queryKey[2] as ThreadFilter).triage) continue;
    queries.setQueryData<Page | { pages: Page[] }>(
      query.queryKey,
      (data) => {
        if (!data) return data;
        if ('rows' in data) return turned(data);
        const pages = data.pages.map(turned);
        return pages.some((page, at) => page !== data.pages[at]) ? { ...data, pages } : data;
      },
      { updatedAt: query.state.dataUpdatedAt },
    );
  }
  queries.setQueryData<Schemas['Thread']>(keys.thread(thread), (data) =>
    data?.id === thread ? { ...data, triage: turn } : data,
  );
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

function rowsIn(data: unknown): readonly Row[] {
  const list = data as Page | { pages: Page[] } | undefined;
  if (!list) return [];
  return 'rows' in list ? list.rows : list.pages.flatMap((page) => page.rows);
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

// Of one conversation one word after the other, as they were given; and whose turn it is as far as the
// server has agreed.
const said = new Map<string, { word: Promise<unknown>; stands: Turn | null }>();

/** At once, and taken back where the server refuses: then it throws. */
export async function setDone(queries: QueryClient, thread: Turned, done: boolean): Promise<void> {
  const { id, triage, last_at } = thread;
  const to = turnAfter(thread, done);
  turning.set(id, to);
  void queries.cancelQueries({ queryKey: keys.thread(id), exact: true });
  void queries.cancelQueries({ queryKey: keys.counts });
  countTurn(queries, id, triage, to);
  showTurn(queries, id, to);
  const before = said.get(id);
  const word = Promise.resolve(before?.word)
    .catch(() => {})
    .then(() =>
      unwrap(
        client.PATCH('/threads/{id}', {
          params: { path: { id } },
          body: done ? { done, last_at } : { done },
        }),
      ),
    );
  const own = { word, stands: before ? before.stands : triage };
  said.set(id, own);
  try {
    await word;
    const latest = said.get(id);
    if (latest) latest.stands = to;
  } finally {
    if (said.get(id) === own) {
      said.delete(id);
      turning.delete(id);
      showTurn(queries, id, own.stands);
      if (own.stands !== to) countTurn(queries, id, to, own.stands);
      outdateTurns(queries);
      void queries.invalidateQueries({ queryKey: keys.thread(id), exact: true });
    }
  }
}
