// j and k, the arrows, Home and End go from row to row where all rows are in the document, as in ui/virtual-list;
// o opens the one on which one stands. A row is what has a data-id; its first link is what gets the focus, and its
// first button where it leads nowhere.
import { type FocusEvent, type KeyboardEvent, useRef } from 'react';
import { useShortcuts } from '../frame/shortcuts';

const linkIn = (row: HTMLElement | undefined) => row?.querySelector<HTMLElement>('a');

/** For the list; `onEnd`: the last row that is loaded is reached. */
export function useRowWalk(onEnd: () => void) {
  const list = useRef<HTMLUListElement>(null);
  const stands = useRef<string>(undefined); // by its id: rows come and go above it
  const rows = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-id]') ?? [])];
  const at = (all: readonly HTMLElement[]) =>
    all.findIndex((row) => row.dataset.id === stands.current);
  const moveTo = (all: readonly HTMLElement[], wanted: number) => {
    const to = Math.min(Math.max(wanted, 0), all.length - 1);
    (linkIn(all[to]) ?? all[to]?.querySelector('button'))?.focus();
    if (to >= 0 && to === all.length - 1) onEnd();
  };
  const move = (step: number) => {
    const all = rows();
    moveTo(all, at(all) + step);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    o: () => {
      const all = rows();
      linkIn(all[at(all)])?.click();
    },
  });
  return {
    ref: list,
    onFocus: ({ target }: FocusEvent) => {
      stands.current = target.closest<HTMLElement>('[data-id]')?.dataset.id;
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      // A menu or a dialog of a row is a part of the list for React alone.
      if (!list.current?.contains(event.target as Node)) return;
      const all = rows();
      if (event.key === 'ArrowDown') move(1);
      else if (event.key === 'ArrowUp') move(-1);
      else if (event.key === 'Home') moveTo(all, 0);
      else if (event.key === 'End') moveTo(all, all.length - 1);
      else return;
      event.preventDefault();
    },
  };
}
