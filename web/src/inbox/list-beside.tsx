// A list of conversations, and beside it what is read of them: what whoever reads there goes on to is the
// list's next row.
import { Outlet } from '@tanstack/react-router';
import { type ReactNode, type RefObject, useMemo } from 'react';
import type { ThreadRow, Turn } from '../api/queries';
import { ListEdge } from '../frame/panes';
import { useShortcuts } from '../frame/shortcuts';
import { useMark } from './mark';
import { type Beside, BesideList, focusedRow, usePutAwayRow } from './put-away';

export function ListBeside({
  rows,
  turn,
  open,
  current,
  keep = false,
  list,
  nothing,
}: {
  rows: RefObject<readonly ThreadRow[]>; // as the list shows them now
  turn?: Turn | undefined;
  open: Beside['open'];
  current: string | undefined;
  keep?: boolean; // the place of what is read, whatever the list says
  list: ReactNode;
  nothing: ReactNode; // is read yet
}) {
  const beside = useMemo<Beside>(
    () => ({
      turn,
      row: (id) => rows.current.find((row) => row.id === id),
      next: (id) => {
        const at = rows.current.findIndex((row) => row.id === id);
        return at < 0 ? undefined : rows.current[at + 1]?.id;
      },
      previous: (id) => rows.current[rows.current.findIndex((row) => row.id === id) - 1]?.id,
      open,
    }),
    [rows, turn, open],
  );
  return (
    <BesideList.Provider value={beside}>
      <main
        className={`split${keep ? ' keep' : ''}${current ? ' open' : ''}`}
        id="main"
        tabIndex={-1}
      >
        {list}
        <ListEdge />
        <div className="split-main">
          {current ? <Outlet /> : <div className="pane">{nothing}</div>}
        </div>
      </main>
    </BesideList.Provider>
  );
}

/** What is done to the row that has the focus; of what is open, the conversation itself has these keys. */
export function useRowKeys(rows: readonly ThreadRow[], active: boolean): void {
  const mark = useMark();
  const putAway = usePutAwayRow();
  useShortcuts(
    {
      u: () => {
        const row = focusedRow(rows);
        if (row) mark(row, !row.unread);
      },
      e: () => {
        const row = focusedRow(rows);
        if (row) putAway(row);
      },
    },
    active,
  );
}
