// Rows of 56 px, or as high as a place says; only those in sight in the document. The list is one stop of the Tab key: the row that
// had the focus last, remembered by its id, else the open one, else the first. j/k, the arrows, Home and
// End move it; what Enter does is the row's own business (rows are links).
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { arrive as arrived, lead } from '../frame/leading';
import { useShortcuts } from '../frame/shortcuts';

const ROW = 56;

// Which row had the focus when a page was left, by the entry of the browser's history.
const left = new Map<string, string>();
const MOST_LEFT = 100;
const entry = (): string | undefined => window.history.state?.__TSR_key;

function leave(row: string): void {
  const page = entry();
  if (!page) return;
  left.delete(page);
  left.set(page, row);
  for (const oldest of left.keys()) if (left.size > MOST_LEFT) left.delete(oldest);
}

// Nothing that somebody chose: the page itself, or its main part, which has it for want of another.
const focusIsFree = () =>
  document.activeElement === document.body || document.activeElement?.id === 'main';

export function VirtualList<T extends { id: string }>({
  label,
  items,
  current,
  onEnd,
  onTop,
  scroller,
  steady,
  size,
  opens,
  children,
}: {
  label: string;
  items: readonly T[];
  current?: string | undefined; // id of the row that is open
  onEnd?: () => void;
  onTop?: (atTop: boolean) => void;
  scroller: HTMLElement | null; // as state: what a ref holds comes after the list’s own first look
  steady?: boolean; // its rows come and go while it is read; all are of the usual height
  size?: (item: T) => number;
  opens?: (item: T) => boolean; // beside the list; j and k only pass what leads elsewhere
  children: (item: T, tabIndex: 0 | -1) => ReactNode; // the tab index of the row's link
}) {
  const list = useRef<HTMLUListElement>(null);
  const [held, setHeld] = useState<{ id: string; index: number }>();
  const open = useMemo(() => items.findIndex((item) => item.id === current), [items, current]);
  const stands = useMemo(() => {
    if (!held) return -1;
    const index = items.findIndex((item) => item.id === held.id);
    return index >= 0 ? index : Math.min(held.index, items.length - 1); // gone: what took its place
  }, [items, held]);
  const standing = items[stands]?.id;
  const stop = stands >= 0 ? stands : Math.max(open, 0);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    initialOffset: () => scroller?.scrollTop ?? 0,
    estimateSize: (index) => (items[index] && size?.(items[index])) ?? ROW,
    getItemKey: (index) => items[index]?.id ?? index,
    // Out of sight, too, the list can be entered, and what has the focus keeps it.
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = new Set(defaultRangeExtractor(range));
        for (const index of [stop, open]) if (index >= 0 && index < range.count) shown.add(index);
        return [...shown].sort((one, other) => one - other);
      },
      [stop, open],
    ),
    overscan: 8,
    initialRect: { width: 376, height: 800 },
  });
  // By its id: rows come and go above it.
  const linkOf = useCallback((id: string | undefined) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
    return rows.find((row) => row.dataset.id === id)?.querySelector<HTMLElement>('a');
  }, []);
  // At once where the row is in the document; it is a frame or two after it was scrolled to, or the list was shown.
  const reach = useCallback(
    (id: string, wanted: () => boolean, there: (link: HTMLElement | undefined) => void) => {
      let frames = 10;
      const look = () => {
        if (!wanted()) return;
        const link = linkOf(id) ?? undefined;
        if (link || frames-- === 0) there(link);
        else requestAnimationFrame(look);
      };
      look();
    },
    [linkOf],
  );

  const rows = virtual.getVirtualItems();
  const last = virtual.range?.endIndex ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 18) onEnd?.();
  }, [last, items.length, onEnd]);

  useEffect(() => {
    if (!scroller || !onTop) return;
    const report = () => onTop(scroller.scrollTop < 8);
    report();
    scroller.addEventListener('scroll', report, { passive: true });
    return () => scroller.removeEventListener('scroll', report);
  }, [scroller, onTop]);

  // Where j and k are on their way to: the next press counts from there, however quick it comes, also
  // while those before still open.
  const heading = useRef<string>(undefined);
  const opening = useRef(new Set<string>());
  useEffect(
    () => () => {
      heading.current = undefined;
    },
    [],
  );
  useEffect(() => {
    if (current !== heading.current && opening.current.has(current ?? '')) return;
    heading.current = undefined;
    opening.current.clear();
  }, [current]);

  // What is opened from elsewhere is in sight as well; but nobody who scrolls is taken back to it, once a further
  // page brings it, or on the way past it.
  const seen = useRef<string>(undefined);
  const known = useRef(0);
  useEffect(() => {
    const further = known.current > 0 && open >= known.current;
    known.current = items.length;
    if (!scroller || open < 0 || seen.current === current) return;
    seen.current = current;
    if (!further && !heading.current) virtual.scrollToIndex(open, { align: 'auto' });
  }, [current, open, items, scroller, virtual]);

  const moveTo = useCallback(
    (wanted: number) => {
      const to = Math.min(Math.max(wanted, 0), items.length - 1);
      const item = items[to];
      if (!item || item.id === heading.current) return;
      setHeld({ id: item.id, index: to });
      heading.current = item.id;
      const heads = () => heading.current === item.id;
      lead(open < 0 || to === open, () => heads() && !opening.current.has(item.id));
      virtual.scrollToIndex(to, { align: 'auto' });
      const arrive = (row: HTMLElement | undefined) => {
        row?.focus({ preventScroll: true });
        // Something is open: the next one opens, so that what has the focus is what r answers.
        const goesOn = open >= 0 && (opens?.(item) ?? true);
        if (row && goesOn && (to !== open || opening.current.size > 0)) {
          opening.current.add(item.id);
          row.click();
          return;
        }
        heading.current = undefined;
        arrived();
      };
      // Behind what is pressed with it, which counts on from there.
      queueMicrotask(() => reach(item.id, heads, arrive));
    },
    [items, open, virtual, reach, opens],
  );
  const move = (step: number) => {
    const headed = items.findIndex((item) => item.id === heading.current);
    moveTo((headed >= 0 ? headed : open >= 0 ? open : stands) + step);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    o: () => {
      linkOf(standing)?.click();
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Home') moveTo(0);
    else if (event.key === 'End') moveTo(items.length - 1);
    else return;
    event.preventDefault();
  };

  // The row that had the focus has gone: what took its place has it.
  const holds = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: that another row stands there is the point
  useEffect(() => {
    if (!holds.current || !standing || !focusIsFree()) return;
    reach(standing, focusIsFree, (link) => link?.focus({ preventScroll: true }));
  }, [standing]);

  // What goes or comes above what is in sight doesn't move it.
  const shown = useRef(items);
  useLayoutEffect(() => {
    const before = shown.current;
    shown.current = items;
    if (!steady || !scroller || before === items || scroller.scrollTop < 8) return;
    const at = new Map(items.map((item, index) => [item.id, index]));
    const first = Math.max(
      0,
      Math.floor((scroller.scrollTop - (list.current?.offsetTop ?? 0)) / ROW),
    );
    const stays = before.findIndex((item, index) => index >= first && at.has(item.id));
    if (stays >= 0) scroller.scrollTop += (at.get(before[stays]!.id)! - stays) * ROW;
  }, [items, scroller, steady]);

  // Back in the list: the row that was left has the focus. From one that is open to another that is:
  // the focus doesn't stay behind on the first.
  const before = useRef(current);
  useEffect(() => {
    const was = before.current;
    before.current = current;
    if (was === current) return;
    const index = items.findIndex((item) => item.id === (current ?? was));
    const item = items[index];
    if (!item) return;
    setHeld({ id: item.id, index });
    if (list.current?.contains(document.activeElement)) linkOf(item.id)?.focus();
    else if (current === undefined) reach(item.id, focusIsFree, (link) => link?.focus());
  }, [current, items, linkOf, reach]);

  // Back on a page whose list comes anew.
  const returning = useRef(left.get(entry() ?? ''));
  useEffect(() => {
    const index = items.findIndex((item) => item.id === returning.current);
    const item = items[index];
    returning.current = undefined;
    if (!item || current !== undefined || !focusIsFree()) return;
    setHeld({ id: item.id, index });
    reach(item.id, focusIsFree, (link) => link?.focus());
  }, [items, current, reach]);

  return (
    <ul
      ref={list}
      aria-label={label}
      style={{ height: virtual.getTotalSize(), position: 'relative' }}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (event.relatedTarget) holds.current = event.currentTarget.contains(event.relatedTarget);
      }}
      onFocus={(event) => {
        holds.current = true;
        const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
        const index = Number(row?.dataset.row);
        const item = items[index];
        if (!item) return;
        leave(item.id);
        if (held?.id !== item.id || held.index !== index) setHeld({ id: item.id, index });
      }}
    >
      {rows.map((row) => {
        const item = items[row.index];
        return (
          item && (
            <li
              key={row.key}
              data-row={row.index}
              data-id={item.id}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              style={{
                position: 'absolute',
                insetInline: 0,
                top: 0,
                height: row.size,
                transform: `translateY(${row.start}px)`,
              }}
            >
              {children(item, row.index === stop ? 0 : -1)}
            </li>
          )
        );
      })}
    </ul>
  );
}
