// Messages as rows of which some are open and the others folded to a line.
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Message } from '../api/queries';
import { MessageCard } from './message';
import { type Row, shownOf, waits } from './versions';

// Newest open; also those that wait for a decision.
function openAtFirst(rows: readonly Row[]): Set<string> {
  const open = new Set<string>();
  const last = rows.at(-1);
  if (last) open.add(last.id);
  for (const row of rows) if (row.versions.some(waits)) open.add(row.id);
  return open;
}

export type ShownRows = {
  isOpen: (row: string) => boolean;
  picked: ReadonlyMap<string, string>;
  onToggle: (row: string) => void;
  onPick: (row: string, message: string) => void;
};

export const isFound = (row: Row, found: string | undefined) =>
  found !== undefined && row.versions.some((one) => one.id === found);

export function useShownRows(rows: readonly Row[], found?: string): ShownRows {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  // Of a row with several versions the one that was asked for (S-11).
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const onPick = useCallback(
    (row: string, message: string) => setPicked((before) => new Map(before).set(row, message)),
    [],
  );
  // What is being read stays open when a newer message comes.
  const stay = useRef(new Set<string>());
  const first = useMemo(() => {
    for (const one of openAtFirst(rows)) stay.current.add(one);
    for (const row of rows) if (isFound(row, found)) stay.current.add(row.id);
    return new Set(stay.current);
  }, [rows, found]);
  const onToggle = useCallback(
    (row: string) =>
      setToggled((before) => {
        const open = before.get(row) ?? first.has(row);
        return new Map(before).set(row, !open);
      }),
    [first],
  );
  return { isOpen: (row) => toggled.get(row) ?? first.has(row), picked, onToggle, onPick };
}

export function MessageRow({
  row,
  shown,
  found,
  onReply,
}: {
  row: Row;
  shown: ShownRows;
  found?: string | undefined; // the message that a search leads to
  onReply: (message: Message, all: boolean) => void;
}) {
  return (
    <MessageCard
      message={shownOf(row, shown.picked)}
      row={row.id}
      versions={row.versions.length > 1 ? row.versions : undefined}
      open={shown.isOpen(row.id)}
      found={isFound(row, found)}
      onToggle={shown.onToggle}
      onPick={shown.onPick}
      onReply={onReply}
    />
  );
}
