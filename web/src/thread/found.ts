// A search leads to one message of a conversation: it is opened and scrolled to, also where it is older
// than what is shown at first.
import { type RefObject, useEffect, useRef } from 'react';
import type { useOlder } from './older';
import { isFound, type ShownRows } from './rows';
import { type Row, shownOf } from './versions';

const MOST = 20; // pages; what lies further down is a click away

export function useFound(
  message: string | undefined,
  rows: readonly Row[],
  older: ReturnType<typeof useOlder>,
  { picked, onPick }: ShownRows,
  body: RefObject<HTMLElement | null>,
): void {
  const reached = useRef<string>(undefined);
  const asked = useRef(0);
  const there = rows.find((row) => isFound(row, message));
  const shown = rows.length > 0;
  const { older: more, state, more: load } = older;
  useEffect(() => {
    if (!message || !shown || reached.current === message) return;
    if (there) {
      reached.current = message;
      asked.current = 0;
      if (shownOf(there, picked).id !== message) onPick(there.id, message);
      const rowOf = () => body.current?.querySelector(`[data-row="${there.id}"]`);
      rowOf()?.scrollIntoView({ block: 'start' });
      // Once more when what stands above it has its height.
      requestAnimationFrame(() => rowOf()?.scrollIntoView({ block: 'start' }));
    } else if (more && state === 'idle' && asked.current < MOST) {
      asked.current++;
      void load();
    }
  }, [message, shown, there, more, state, load, body, picked, onPick]);
}
