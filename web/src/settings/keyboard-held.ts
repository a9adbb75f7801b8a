import { type RefObject, useLayoutEffect, useRef } from 'react';

// Where a row of a list goes that has the focus, the focus goes on to the row that takes its place;
// without one, to the list's heading. Rows carry `data-row`, the heading `tabIndex={-1}`.
export function useKeyboardHeld(rows: readonly string[]): RefObject<HTMLElement | null> {
  const list = useRef<HTMLElement>(null);
  const held = useRef<string>(undefined);
  const before = useRef<readonly string[]>([]);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const note = (event: FocusEvent) => {
      held.current = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset.row;
    };
    // A row that goes tells nobody that the focus left; whoever moves it on tells where to.
    const forget = (event: FocusEvent) => {
      if (event.relatedTarget) held.current = undefined;
    };
    element.addEventListener('focusout', forget);
    element.addEventListener('focusin', note);
    return () => {
      element.removeEventListener('focusout', forget);
      element.removeEventListener('focusin', note);
    };
  });
  useLayoutEffect(() => {
    const place = held.current === undefined ? -1 : before.current.indexOf(held.current);
    const gone = place >= 0 && !rows.includes(held.current!);
    before.current = rows;
    if (!gone || document.activeElement !== document.body) return;
    held.current = undefined;
    const left = list.current?.querySelectorAll<HTMLElement>('[data-row]');
    const next = left?.[Math.min(place, left.length - 1)];
    (
      next?.querySelector<HTMLElement>('button') ??
      list.current?.querySelector<HTMLElement>('h2[tabindex]')
    )?.focus();
  });
  return list;
}
