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

// Where there are tabs, they say what is to be answered; and what is put away is answered, or nobody will.
const TO_ANSWER: readonly Place[] = [
  'all',
  'followed-candidates',
  'followed-jobs',
  'non-candidates',
];
/** Who is no candidate is in no job. */
export const mayNarrow = (place: Place, by: keyof Narrowing): boolean =>
  by === 'to_answer' ? TO_ANSWER.includes(place) : by !== 'job' || place !== 'non-candidates';

export type Narrowing = Pick<ThreadFilter, 'unread' | 'to_answer' | 'job'>;
export type TabSearch = { tab?: Turn } & Narrowing;

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

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
    ...(typeof job === 'string' && ID.test(job) && { job }),
  };
}

export function narrowingIn(place: Place, search: TabSearch): Narrowing {
  const { unread, to_answer, job } = tabSearch(search);
  return {
    ...(unread && { unread }),
    ...(to_answer && mayNarrow(place, 'to_answer') && { to_answer }),
    ...(job && mayNarrow(place, 'job') && { job }),
  };
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
