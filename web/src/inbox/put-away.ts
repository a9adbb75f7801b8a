// Putting a conversation away (e), or taking it back: at once, with undo, and on to the next one as j
// would (M-8).
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { fetchTurn, type ThreadRow, type Turn } from '../api/queries';
import { setUnread } from '../api/reading';
import { setDone, turnAfter } from '../api/turning';
import { notify, notifyProblem } from '../ui/notice';
import { seenOf } from './mark';

type Turned = Pick<ThreadRow, 'id' | 'candidate_name' | 'triage' | 'asked_at' | 'came' | 'unread'>;

// The list beside what is being read.
export type Beside = {
  turn: Turn | undefined; // whose turn it is of
  row: (id: string) => ThreadRow | undefined;
  next: (id: string) => string | undefined;
  open: (id: string | undefined) => Promise<void>;
};
export const BesideList = createContext<Beside | undefined>(undefined);

export function usePutAway(): (thread: Turned, isOpen: boolean) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const beside = useContext(BesideList);

  return (thread, isOpen) => {
    const { id, triage } = thread;
    if (!triage) return;
    const about = `turn ${id}`;
    const say = async (from: Turned, done: boolean) => {
      try {
        await setDone(queries, from, done);
        return true;
      } catch (error) {
        const { title, detail } = problemWords(error);
        const failed = t(done ? 'triage.notDone' : 'triage.notBack', {
          name: thread.candidate_name,
        });
        notify([failed, title, detail].filter(Boolean).join(' '), { tone: 'problem', about });
        return false;
      }
    };
    const done = triage !== 'done';
    const turn = turnAfter(thread, done);
    // Still of this list's turn, it is still what one is at.
    const leaves = isOpen && beside && (beside.turn ? turn !== beside.turn : done);
    const next = leaves ? beside.next(id) : undefined;
    let refused = false;
    void say(thread, done).then((well) => {
      refused = !well;
    });
    const left = leaves ? beside.open(next) : Promise.resolve();
    void left.then(() => {
      if (refused) return; // which has been said
      const at = router.state.location.pathname;
      notify(
        t(done ? 'triage.isDone' : `triage.back.${turn as 'to_answer' | 'waiting'}`, {
          name: thread.candidate_name,
        }),
        {
          about,
          action: {
            label: t('undo'),
            run: () => {
              void say({ ...thread, triage: turn }, !done);
              // Done is read, too.
              if (done && thread.unread)
                void setUnread(queries, { id, unread: false }, true).catch(() => {});
              // Whoever hasn't gone on since is back where they were.
              if (leaves && router.state.location.pathname === at) void beside.open(id);
            },
          },
        },
      );
    });
  };
}

// Of a row, in its list. Those of the team and of a profile don't say whose turn it is: the server does.
export function usePutAwayRow(): (row: ThreadRow) => void {
  const { t } = useTranslation();
  const putAway = usePutAway();
  return (of) => {
    const row = { ...of, came: seenOf(of) };
    if (row.triage) return putAway(row, false);
    fetchTurn(row.id).then(({ triage, asked_at }) => {
      if (triage) putAway({ ...row, triage, asked_at }, false);
      else notify(t('triage.notMine', { name: row.candidate_name }));
    }, notifyProblem);
  };
}

// The row that has the focus, if one of these has it.
export function focusedRow(rows: readonly ThreadRow[]): ThreadRow | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('[data-row]');
  return focused ? rows[Number(focused.dataset.row)] : undefined;
}
