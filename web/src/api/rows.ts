// What the reader says of a conversation is shown in every list that holds it at once, and told the
// server one word after the other.
import type { QueryClient } from '@tanstack/react-query';
import type { Schemas } from './client';
import { keys, type ThreadFilter } from './queries';

type Row = Schemas['ThreadRow'];
type Page = { rows: Row[] };

export function rowsIn(data: unknown): readonly Row[] {
  const list = data as Page | { pages: Page[] } | undefined;
  if (!list) return [];
  return 'rows' in list ? list.rows : list.pages.flatMap((page) => page.rows);
}

export function patchRows(
  queries: QueryClient,
  thread: string,
  patch: Partial<Pick<Row, 'triage' | 'unread'>>,
  lists: (filter: ThreadFilter) => boolean = () => true,
): void {
  const is = (row: Row) =>
    Object.entries(patch).every(([key, value]) => row[key as 'id'] === value);
  const patched = <P extends Page>(page: P): P => {
    if (!page.rows.some((row) => row.id === thread && !is(row))) return page;
    return {
      ...page,
      rows: page.rows.map((row) => (row.id === thread ? { ...row, ...patch } : row)),
    };
  };
  for (const query of queries.getQueryCache().findAll({ queryKey: keys.threads })) {
    if (!lists(query.queryKey[2] as ThreadFilter)) continue;
    queries.setQueryData<Page | { pages: Page[] }>(
      query.queryKey,
      (data) => {
        if (!data) return data;
        if ('rows' in data) return patched(data);
        const pages = data.pages.map(patched);
        return pages.some((page, at) => page !== data.pages[at]) ? { ...data, pages } : data;
      },
      { updatedAt: query.state.dataUpdatedAt },
    );
  }
  queries.setQueryData<Schemas['Thread']>(keys.thread(thread), (data) =>
    data ? { ...data, ...patch } : data,
  );
}

const said = new Map<string, Promise<unknown>>();

// After whatever was said of it before, and however that ended.
export function inTurn<T>(thread: string, say: () => Promise<T>): Promise<T> {
  const before = said.get(thread) ?? Promise.resolve();
  const word = before.catch(() => {}).then(say);
  said.set(thread, word);
  const last = () => said.get(thread) === word && said.delete(thread);
  void word.then(last, last);
  return word;
}
