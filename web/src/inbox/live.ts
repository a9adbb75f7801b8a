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
import {
  FULL,
  isNarrowed,
  keys,
  passes,
  standing,
  type ThreadFilter,
  type ThreadRow,
  type Turn,
  threadHeadQuery,
  threadListQuery,
} from '../api/queries';
import { turning } from '../api/said';
import type { Narrowing } from './turns';

type Page = { rows: ThreadRow[]; next: string | null };
type Pages = InfiniteData<Page, unknown>;

type Merge = {
  pages: Pages; // with in-place changes applied; the same object when nothing changed
  waiting: number; // rows that are new or would move up
  unlisted: boolean; // one of them is what is being read
  below: boolean; // something new stands below all that is shown
};

type Reader = {
  open?: string | undefined; // the thread that is being read
  turn?: Turn | undefined; // whose turn the list is of
  narrow?: Narrowing | undefined; // by what else it is
  current?: boolean | undefined; // the head is newer than what is shown
  stands?: Standing;
};

type Standing = ReturnType<typeof standing>;
// Those that stand at one height, by id.
const isAbove = (stands: Standing, a: ThreadRow, b: ThreadRow) =>
  stands(a) > stands(b) || (stands(a) === stands(b) && a.id > b.id);

const held = (pages: Pages) => pages.pages.flatMap((page) => page.rows);

const same = (a: ThreadRow, b: ThreadRow) => JSON.stringify(a) === JSON.stringify(b);

// The row of the thread that is being read follows in its place, and is no news.
export function mergeHead(
  pages: Pages,
  head: Page,
  { open, turn, narrow, current = true, stands = standing({}) }: Reader = {},
): Merge {
  // What the head would hold, and doesn't, has left the list.
  const last = head.rows.at(-1);
  const end = head.next ? last && stands(last) : -Infinity;
  const left = (row: ThreadRow) =>
    (narrow ? row.id !== open : turn !== undefined && row.triage === turn) &&
    current &&
    end !== undefined &&
    stands(row) > end &&
    !turning.underWay(row.id);
  const fresh = new Map(head.rows.map((row) => [row.id, row]));
  const known = new Map<string, ThreadRow>();
  for (const page of pages.pages) for (const row of page.rows) known.set(row.id, row);
  let changed = false;
  const patched = pages.pages.map((page) => {
    let touched = false;
    const rows = page.rows.flatMap((row) => {
      const now = fresh.get(row.id);
      // What would move the row waits, and it keeps showing what the reader saw.
      if (!now && left(row)) {
        touched = true;
        return narrow ? [] : { ...row, triage: null, asked_at: null };
      }
      if (!now || same(now, row)) return row;
      if (stands(now) !== stands(row) && row.id !== open) return row;
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
  let below = false;
  const lowest = oldest ? undefined : held(pages).at(-1);
  for (const row of head.rows) {
    if (!passes({ ...narrow, ...(turn ? { triage: turn } : {}) }, row)) continue;
    const before = known.get(row.id);
    if (before && row.id === open) continue;
    if (!before && row.id === open) unlisted = true;
    if (!before && lowest && isAbove(stands, lowest, row)) {
      below = true; // it moves nothing
      continue;
    }
    if (before ? stands(before) !== stands(row) : !oldest || isAbove(stands, row, oldest))
      waiting++;
  }
  return { pages: changed ? { ...pages, pages: patched } : pages, waiting, unlisted, below };
}

// Whether something between the head and what we hold may be missing.
export const joins = (pages: Pages, head: Page): boolean => {
  const ids = new Set(head.rows.map((row) => row.id));
  return !head.next || held(pages).some((row) => ids.has(row.id));
};

// The head takes the place of the first page; older pages are kept where they still join it.
export function applyHead(pages: Pages, fresh: Page, open?: string, stands = standing({})): Pages {
  const first = pages.pages[0];
  const reading = held(pages).find((row) => row.id === open);
  const head = reading ? keeping(fresh, reading, stands) : fresh;
  if (!head.next || !first) return { pages: [head], pageParams: [''] };
  const ids = new Set(head.rows.map((row) => row.id));
  const last = head.rows.at(-1);
  const rest = held(pages).filter((row) => !ids.has(row.id) && last && stands(row) <= stands(last));
  const next = pages.pages.at(-1)?.next ?? null;
  if (!joins(pages, fresh)) return { pages: [head], pageParams: [''] };
  return { pages: [{ rows: [...head.rows, ...rest], next }], pageParams: [''] };
}

// What is being read stays where it stood, though it has left the list.
function keeping(head: Page, reading: ThreadRow, stands: Standing): Page {
  if (head.rows.some((row) => row.id === reading.id)) return head;
  const at = head.rows.findIndex((row) => stands(row) < stands(reading));
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
  const { order } = filter;
  const stands = useMemo(() => standing({ order }), [order]);
  const current = head.dataUpdatedAt >= list.dataUpdatedAt;
  const merge = useMemo(
    () =>
      list.data && head.data
        ? mergeHead(list.data, head.data, { open, turn, narrow, current, stands })
        : undefined,
    [list.data, head.data, open, turn, narrow, current, stands],
  );
  const show = useCallback(() => {
    if (!head.data) return;
    const fresh = head.data;
    const queryKey = JSON.parse(keyText);
    const pages = queries.getQueryData<Pages>(queryKey);
    if (!pages) return;
    // A head of a narrowed list is a stretch, which may end far above the list: that comes anew, as far as it went.
    if (narrow && !joins(pages, fresh)) void queries.invalidateQueries({ queryKey, exact: true });
    else queries.setQueryData<Pages>(queryKey, applyHead(pages, fresh, open, stands));
  }, [head.data, queries, keyText, open, narrow, stands]);

  useEffect(() => {
    if (!merge || !list.data) return;
    if (merge.waiting > 0 ? mayMove || merge.unlisted : merge.below) show();
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
