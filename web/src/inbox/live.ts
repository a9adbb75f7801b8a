// A list that is being read doesn't move. Live events refresh only its newest page (the head);
// rows that changed in place are patched, rows that would move what is read wait behind "2 new".
// Where a list is of one turn (M-8), a row whose turn is another is kept, but shown only while it is open.
import {
  type InfiniteData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { Schemas } from '../api/client';
import {
  FULL,
  isNarrowed,
  keys,
  passes,
  type ThreadFilter,
  type ThreadRow,
  type Turn,
  threadHeadQuery,
  threadListQuery,
} from '../api/queries';
import { turning } from '../api/said';

type Page = { rows: Schemas['ThreadRow'][]; next: string | null };
type Pages = InfiniteData<Page, unknown>;

type Merge = {
  pages: Pages; // with in-place changes applied; the same object when nothing changed
  waiting: number; // rows that are new or would move up
  unlisted: boolean; // one of them is what is being read
};

type Reader = {
  open?: string | undefined; // the thread that is being read
  turn?: Turn | undefined; // whose turn the list is of
  narrow?: Pick<ThreadFilter, 'unread' | 'to_answer' | 'job'> | undefined; // by what else it is
  current?: boolean | undefined; // the head is newer than what is shown
};

// As lists are ordered: by date, and those of one date by id.
const isAbove = (a: ThreadRow, b: ThreadRow) =>
  a.last_at > b.last_at || (a.last_at === b.last_at && a.id > b.id);

const held = (pages: Pages) => pages.pages.flatMap((page) => page.rows);

const same = (a: ThreadRow, b: ThreadRow) => JSON.stringify(a) === JSON.stringify(b);

// The row of the thread that is being read follows in its place, and is no news.
export function mergeHead(
  pages: Pages,
  head: Page,
  { open, turn, narrow, current = true }: Reader = {},
): Merge {
  // What the head would hold, and doesn't, has left the list.
  const end = head.next ? head.rows.at(-1)?.last_at : '';
  const left = (row: ThreadRow) =>
    (narrow ? row.id !== open : turn !== undefined && row.triage === turn) &&
    current &&
    end !== undefined &&
    row.last_at > end &&
    !turning.underWay(row.id);
  const fresh = new Map(head.rows.map((row) => [row.id, row]));
  const known = new Map<string, ThreadRow>();
  for (const page of pages.pages) for (const row of page.rows) known.set(row.id, row);
  let changed = false;
  const patched = pages.pages.map((page) => {
    let touched = false;
    const rows = page.rows.flatMap((row) => {
      const now = fresh.get(row.id);
      // A later last_at would move the row: it waits, and keeps showing what the reader saw.
      if (!now && left(row)) {
        touched = true;
        return narrow ? [] : { ...row, triage: null, asked_at: null };
      }
      if (!now || same(now, row)) return row;
      if (now.last_at !== row.last_at && row.id !== open) return row;
      touched = true;
      return now;
    });
    if (!touched) return page;
    changed = true;
    return { ...page, rows };
  });
  // Beyond the last loaded row an unknown one isn't new, only not loaded yet.
  const oldest = pages.pages.at(-1)?.next ? held(pages).at(-1) : undefined;
  let waiting = 0;
  let unlisted = false;
  for (const row of head.rows) {
    if (!passes({ ...narrow, ...(turn ? { triage: turn } : {}) }, row)) continue;
    const before = known.get(row.id);
    if (before && row.id === open) continue;
    if (!before && row.id === open) unlisted = true;
    if (before ? before.last_at !== row.last_at : !oldest || isAbove(row, oldest)) waiting++;
  }
  return { pages: changed ? { ...pages, pages: patched } : pages, waiting, unlisted };
}

// Whether something between the head and what we hold may be missing.
export const joins = (pages: Pages, head: Page): boolean => {
  const ids = new Set(head.rows.map((row) => row.id));
  return !head.next || held(pages).some((row) => ids.has(row.id));
};

// The head takes the place of the first page; older pages are kept where they still join it.
export function applyHead(pages: Pages, fresh: Page, open?: string): Pages {
  const first = pages.pages[0];
  const reading = held(pages).find((row) => row.id === open);
  const head = reading ? keeping(fresh, reading) : fresh;
  if (!head.next || !first) return { pages: [head], pageParams: [''] };
  const ids = new Set(head.rows.map((row) => row.id));
  const last = head.rows.at(-1)?.last_at ?? '';
  const rest = held(pages).filter((row) => !ids.has(row.id) && row.last_at <= last);
  const next = pages.pages.at(-1)?.next ?? null;
  if (!joins(pages, fresh)) return { pages: [head], pageParams: [''] };
  return { pages: [{ rows: [...head.rows, ...rest], next }], pageParams: [''] };
}

// What is being read stays where it stood, though it has left the list.
function keeping(head: Page, reading: ThreadRow): Page {
  if (head.rows.some((row) => row.id === reading.id)) return head;
  const at = head.rows.findIndex((row) => row.last_at < reading.last_at);
  if (at < 0 && head.next) return head; // it stands further down
  const rows = [...head.rows];
  rows.splice(at < 0 ? rows.length : at, 0, reading);
  return { ...head, rows };
}

export function useLiveThreads(filter: ThreadFilter, mayMove: boolean, open?: string) {
  const queries = useQueryClient();
  const list = useInfiniteQuery(threadListQuery(filter));
  const head = useQuery({ ...threadHeadQuery(filter), enabled: list.isSuccess });
  const key = keys.threadList(filter);
  const keyText = JSON.stringify(key);

  const { triage: turn } = filter;
  const narrow = isNarrowed(filter) ? filter : undefined;
  const current = head.dataUpdatedAt >= list.dataUpdatedAt;
  const merge = useMemo(
    () =>
      list.data && head.data
        ? mergeHead(list.data, head.data, { open, turn, narrow, current })
        : undefined,
    [list.data, head.data, open, turn, narrow, current],
  );
  const show = useCallback(() => {
    if (!head.data) return;
    const fresh = head.data;
    const queryKey = JSON.parse(keyText);
    const pages = queries.getQueryData<Pages>(queryKey);
    if (!pages) return;
    // A head of a narrowed list is a stretch, which may end far above the list: that comes anew, as far as it went.
    if (narrow && !joins(pages, fresh)) void queries.invalidateQueries({ queryKey, exact: true });
    else queries.setQueryData<Pages>(queryKey, applyHead(pages, fresh, open));
  }, [head.data, queries, keyText, open, narrow]);

  useEffect(() => {
    if (!merge || !list.data) return;
    if (merge.waiting > 0 && (mayMove || merge.unlisted)) show();
    else if (merge.pages !== list.data)
      queries.setQueryData(JSON.parse(keyText), merge.pages, { updatedAt: list.dataUpdatedAt });
  }, [merge, mayMove, show, list.data, list.dataUpdatedAt, queries, keyText]);

  const rows = useMemo(
    () =>
      list.data?.pages
        .flatMap((page) => page.rows)
        .filter((row) => passes(filter, row) || row.id === open) ?? [],
    [list.data, filter, open],
  );
  const further = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  // Where little has passed as far as was looked, no window looks on by itself through all that ever came.
  const looks = (list.data?.pages.at(-1)?.rows.length ?? 0) >= FULL || !narrow;
  const more = useCallback(() => {
    if (looks) further();
  }, [looks, further]);
  // All that was loaded has left: there may be more behind it.
  const enough = narrow ? FULL : 1;
  useEffect(() => {
    if (rows.length < enough && !list.isError) more();
  }, [rows, enough, more, list.isError]);
  return {
    list,
    rows,
    more,
    further: !looks && list.hasNextPage ? further : undefined,
    waiting: mayMove ? 0 : (merge?.waiting ?? 0),
    show,
  };
}
