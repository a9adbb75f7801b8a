// Putting a conversation away (e), or taking it back: at once, with undo; and where its reader goes on from
// there, or from having answered it: to the next one as j would, or as they have chosen (M-8).
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { fetchTurn, type ThreadRow, type Turn, threadQuery } from '../api/queries';
import { setUnread } from '../api/reading';
import { setDone, turnAfter } from '../api/turning';
import { useMe } from '../frame/hooks';
import { notifier, notify, notifyProblem } from '../ui/notice';
import { seenOf } from './mark';

type Turned = Pick<ThreadRow, 'id' | 'candidate_name' | 'triage' | 'asked_at' | 'came' | 'unread'>;

// The list beside what is being read.
export type Beside = {
  turn: Turn | undefined; // whose turn it is of
  row: (id: string) => ThreadRow | undefined;
  next: (id: string) => string | undefined;
  previous?: (id: string) => string | undefined;
  open: (id: string | undefined) => Promise<void>;
};
export const BesideList = createContext<Beside | undefined>(undefined);

// Still of this list's turn, a conversation is still what one is at. Asked before the list changes, since it
// is the list that says what is next.
function useOnward(): (id: string, turn: Turn | null) => (() => Promise<void>) | undefined {
  const beside = useContext(BesideList);
  const router = useRouter();
  const after = useMe()?.user.after_answer ?? 'next';
  return (id, turn) => {
    // Whoever is on the way to another page gets there.
    if (router.latestLocation.pathname !== router.state.resolvedLocation?.pathname)
      return undefined;
    const leaves = beside && (beside.turn ? turn !== beside.turn : turn === 'done');
    if (!leaves || after === 'stay') return undefined;
    const next = after === 'next' ? beside.next(id) : undefined;
    return () => beside.open(next);
  };
}

/** Its answer is on the way: on from there. */
export function useAnswered(): (
  thread: Pick<ThreadRow, 'id' | 'candidate_name' | 'triage'>, // as it was before
) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const beside = useContext(BesideList);
  const onward = useOnward();
  return ({ id, candidate_name: name, triage: before }) => {
    // Whoever isn't working through a list, or opened what isn't of it, stays.
    if (!before || before !== beside?.turn) return;
    const turn = queries.getQueryData(threadQuery(id).queryKey)?.triage;
    const go = turn && onward(id, turn);
    if (!go) return;
    void go();
    notify(t('compose.queuedTo', { name }), {
      about: `answer ${id}`,
      series: 'sent',
      action: { label: t('compose.show'), run: () => void beside?.open(id), shows: true },
    });
  };
}

export function usePutAway(): (thread: Turned, isOpen: boolean) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const beside = useContext(BesideList);
  const onward = useOnward();

  return (thread, isOpen) => {
    const { id, triage } = thread;
    if (!triage) return;
    const about = `turn ${id}`;
    const notify = notifier();
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
    const go = isOpen ? onward(id, turn) : undefined;
    let refused = false;
    void say(thread, done).then((well) => {
      refused = !well;
    });
    const left = go ? go() : Promise.resolve();
    void left.then(() => {
      if (refused) return; // which has been said
      const at = router.state.location.pathname;
      notify(
        t(done ? 'triage.isDone' : `triage.back.${turn as 'to_answer' | 'waiting'}`, {
          name: thread.candidate_name,
        }),
        {
          about,
          series: `turn ${turn}`,
          action: {
            label: t('undo'),
            run: () => {
              void say({ ...thread, triage: turn }, !done);
              // Done is read, too.
              if (done && thread.unread)
                void setUnread(queries, { id, unread: false }, true).catch(() => {});
              // Whoever hasn't gone on since is back where they were.
              if (go && router.state.location.pathname === at) void beside?.open(id);
              else if (!isOpen) standOn(id);
            },
          },
        },
      );
    });
  };
}

const MOST_FRAMES = 30; // until a row that comes back is there

// Who stood on it stands on it again, once it is back; unless they go on meanwhile.
function standOn(id: string): void {
  const from = document.activeElement;
  if (!from?.closest('[data-id]') && from?.id !== 'main' && from !== document.body) return;
  let frames = MOST_FRAMES;
  const look = () => {
    const at = document.activeElement;
    if (at !== from && at !== document.body && at?.id !== 'main') return;
    const rows = [...document.querySelectorAll<HTMLElement>('[data-id]')];
    const row = rows.find((one) => one.dataset.id === id)?.querySelector('a');
    if (row) row.focus();
    else if (frames-- > 0) requestAnimationFrame(look);
  };
  look();
}

// Rows of the team's lists and of a profile don't say whose turn it is: the server does.
export function usePutAwayRow(): (row: Turned, isOpen?: boolean) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const putAway = usePutAway();
  return (of, isOpen = false) => {
    const row = { ...of, came: seenOf(queries, of) };
    if (row.triage) return putAway(row, isOpen);
    fetchTurn(row.id).then(({ triage, asked_at }) => {
      if (triage) putAway({ ...row, triage, asked_at }, isOpen);
      else notify(t('triage.notMine', { name: row.candidate_name }));
    }, notifyProblem);
  };
}

// The row that has the focus, if one of these has it.
export function focusedRow(rows: readonly ThreadRow[]): ThreadRow | undefined {
  const id = document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset.id;
  return rows.find((row) => row.id === id);
}
