// What the reader says of a conversation is shown in every list that holds it at once, and told the
// server one word after the other.
import type { QueryClient } from '@tanstack/react-query';
import { Left, type Schemas } from './client';
import { keys, type ThreadFilter } from './queries';

type Row = Schemas['ThreadRow'];
type Page = { rows: Row[] };

export function rowsIn(data: unknown): readonly Row[] {
  const list = data as Page | { pages: Page[] } | undefined;
  if (!list) return [];
  return 'rows' in list ? list.rows : list.pages.flatMap((page) => page.rows);
}

// In these lists, and where these rows of it stand.
type Which = {
  lists?: (filter: ThreadFilter) => boolean;
  rows?: (row: Pick<Row, 'came'>) => boolean;
};

export function patchRows(
  queries: QueryClient,
  thread: string,
  patch: Partial<
    Pick<Row, 'triage' | 'unread' | 'asked_at' | 'waits'> & Pick<Schemas['Thread'], 'marked_unread'>
  >,
  { lists = () => true, rows = () => true }: Which = {},
): void {
  const is = (row: Row) =>
    Object.entries(patch).every(([key, value]) => row[key as 'id'] === value) || !rows(row);
  const patched = <P extends Page>(page: P): P => {
    if (!page.rows.some((row) => row.id === thread && !is(row))) return page;
    return {
      ...page,
      rows: page.rows.map((row) => (row.id === thread && !is(row) ? { ...row, ...patch } : row)),
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
    data?.id === thread && rows(data) ? { ...data, ...patch } : data,
  );
}

const last = new Map<string, Promise<unknown>>();

// After whatever was said of it before, and however that ended.
function inTurn(thread: string, tell: () => Promise<unknown>): Promise<unknown> {
  const word = Promise.resolve(last.get(thread))
    .catch(() => {})
    .then(tell);
  last.set(thread, word);
  const forget = () => last.get(thread) === word && last.delete(thread);
  void word.then(forget, forget);
  return word;
}

const forgetting: (() => void)[] = [];
/** For what else is said one after the other. */
export const forgetWith = (forget: () => void) => void forgetting.push(forget);
/** Whoever said it has left: how the server takes it is nothing to who comes next. */
export function forgetWords(): void {
  last.clear();
  for (const forget of forgetting) forget();
}

// Of one thing that can be said. Once nothing of it is under way, `settled` is told what stands as far as
// the server has agreed; where it refused, this throws.
export function words<T>() {
  let current = new Map<string, { stands: T }>();
  forgetWith(() => {
    current = new Map();
  });
  return async (
    thread: string,
    { was, to }: { was: T; to: T },
    tell: () => Promise<unknown>,
    settled: (stands: T) => void,
  ): Promise<void> => {
    const said = current;
    const before = said.get(thread);
    const own = { stands: before ? before.stands : was };
    said.set(thread, own);
    try {
      await inTurn(thread, async () => {
        // Who comes next says it of nothing.
        if (said !== current) throw new Left();
        await tell();
      });
      const latest = said.get(thread);
      if (latest) latest.stands = to;
    } finally {
      if (said.get(thread) === own) {
        said.delete(thread);
        if (said === current) settled(own.stands);
      }
    }
  };
}
