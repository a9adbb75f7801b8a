// Rows of 56 px, only those in sight in the document. j/k move a cursor, which is the row that has
// the focus; what Enter does is the row's own business (rows are links).
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type RefObject, useCallback, useEffect, useRef } from 'react';
import { useShortcuts } from '../frame/shortcuts';

export const ROW = 56;

export function VirtualList<T extends { id: string }>({
  label,
  items,
  current,
  onEnd,
  onTop,
  scroller,
  children,
}: {
  label: string;
  items: readonly T[];
  current?: string | undefined; // id of the row that is open
  onEnd?: () => void;
  onTop?: (atTop: boolean) => void;
  scroller: RefObject<HTMLDivElement | null>;
  children: (item: T, index: number) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  const cursor = useRef(-1);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
    initialRect: { width: 376, height: 800 },
  });

  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 10) onEnd?.();
  }, [last, items.length, onEnd]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !onTop) return;
    const report = () => onTop(element.scrollTop < 8);
    report();
    element.addEventListener('scroll', report, { passive: true });
    return () => element.removeEventListener('scroll', report);
  }, [scroller, onTop]);

  // Where j and k are on their way to: the next press counts from there, however quick it comes.
  const heading = useRef<number>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is open now is what it headed for
  useEffect(() => {
    heading.current = undefined;
  }, [current]);

  const move = useCallback(
    (step: number) => {
      const open = items.findIndex((item) => item.id === current);
      const focused = document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row;
      const standing =
        open >= 0
          ? open
          : focused !== undefined && list.current?.contains(document.activeElement)
            ? Number(focused)
            : cursor.current;
      const from = heading.current ?? standing;
      const to = Math.min(Math.max(from + step, 0), items.length - 1);
      if (to < 0 || to === heading.current) return;
      cursor.current = to;
      heading.current = to;
      virtual.scrollToIndex(to, { align: 'auto' });
      // The row is in the document a frame or two after it was scrolled to.
      let frames = 10;
      const arrive = () => {
        if (heading.current !== to) return;
        const row = list.current?.querySelector<HTMLElement>(`[data-row="${to}"] a`);
        if (!row && frames-- > 0) return requestAnimationFrame(arrive);
        row?.focus({ preventScroll: true });
        // Something is open: the next one opens, so that what has the focus is what r answers.
        const opens = row && open >= 0 && to !== open;
        if (opens) row.click();
        else heading.current = undefined;
      };
      requestAnimationFrame(() => requestAnimationFrame(arrive));
    },
    [items, current, virtual],
  );
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    o: () => {
      const row = list.current?.querySelector<HTMLElement>(`[data-row="${cursor.current}"] a`);
      row?.click();
    },
  });

  return (
    <ul
      ref={list}
      aria-label={label}
      style={{ height: virtual.getTotalSize(), position: 'relative' }}
      onFocus={(event) => {
        const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
        if (row) cursor.current = Number(row.dataset.row);
      }}
    >
      {rows.map((row) => {
        const item = items[row.index];
        return (
          item && (
            <li
              key={row.key}
              data-row={row.index}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              style={{
                position: 'absolute',
                insetInline: 0,
                top: 0,
                height: ROW,
                transform: `translateY(${row.start}px)`,
              }}
            >
              {children(item, row.index)}
            </li>
          )
        );
      })}
    </ul>
  );
}
