// Whose turn it is, as the page's address has it: the tabs of Inbox and Sent (M-8); and what else a list is
// narrowed by (M-2).
import type { Place, ThreadFilter, Turn } from '../api/queries';

export const TURNS: readonly Turn[] = ['to_answer', 'waiting', 'done'];

// What a place shows when its address names no tab; the team's places have none.
const FIRST: Record<Place, Turn | undefined> = {
  inbox: 'to_answer',
  sent: 'waiting',
  all: undefined,
  'followed-candidates': undefined,
  'followed-jobs': undefined,
  'non-candidates': undefined,
  archived: undefined,
};

export type Narrowing = Pick<ThreadFilter, 'unread' | 'to_answer' | 'job'>;
export type TabSearch = { tab?: Turn } & Narrowing;

export function tabSearch({
  unread,
  to_answer,
  job,
  ...search
}: Record<string, unknown>): TabSearch {
  const tab = TURNS.find((one) => one === search.tab);
  return {
    ...(tab && { tab }),
    ...(unread === true && { unread }),
    ...(to_answer === true && { to_answer }),
    ...(typeof job === 'string' && job && { job }),
  };
}

export function narrowingIn(search: TabSearch): Narrowing {
  const { tab: _, ...narrowing } = tabSearch(search);
  return narrowing;
}

export const turnIn = (place: Place, { tab }: TabSearch): Turn | undefined =>
  FIRST[place] && (tab ?? FIRST[place]);

// The address of a tab: the first one has the place's own.
export const addressOf = (
  place: Place,
  turn: Turn | undefined,
  narrowing: Narrowing,
): TabSearch => ({ ...(turn && turn !== FIRST[place] && { tab: turn }), ...narrowing });

export const filterOf = (
  place: Place,
  turn: Turn | undefined,
  narrowing: Narrowing,
): ThreadFilter => ({ place, ...(turn && { triage: turn }), ...narrowing });
