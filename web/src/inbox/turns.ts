// Whose turn it is, as the page's address has it: the tabs of Inbox and Sent (M-8); and what else a list is
// narrowed by (M-2).
import type { Place, ThreadFilter, Turn } from '../api/queries';

const TURNS: readonly Turn[] = ['to_answer', 'waiting', 'done'];

// The first is what a place shows when its address names none; the team's places have none. Who looks for what
// they wrote doesn't know whose turn it is.
const TABS: Partial<Record<Place, readonly (Turn | undefined)[]>> = {
  inbox: TURNS,
  sent: [undefined, ...TURNS],
};
export const tabsOf = (place: Place) => TABS[place] ?? [];

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

export type Narrowing = Pick<ThreadFilter, 'unread' | 'to_answer' | 'job' | 'person' | 'order'>;
export type TabSearch = { tab?: Turn } & Narrowing;

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const ADDRESS = /^[^\s@]\S*@\S+$/;

export function tabSearch({
  unread,
  to_answer,
  job,
  person,
  order,
  ...search
}: Record<string, unknown>): TabSearch {
  const tab = TURNS.find((one) => one === search.tab);
  return {
    ...(tab && { tab }),
    ...(unread === true && { unread }),
    ...(to_answer === true && { to_answer }),
    ...(typeof job === 'string' && ID.test(job) && { job }),
    ...(typeof person === 'string' && ADDRESS.test(person) && { person }),
    ...(order === 'longest' && { order }),
  };
}

// Only there somebody waits the longest.
const waits = (place: Place, search: TabSearch): boolean =>
  turnIn(place, search) === 'to_answer' ||
  (search.to_answer === true && mayNarrow(place, 'to_answer'));

/** `kept`: the order that its reader has chosen, where the address names none. */
export function narrowingIn(place: Place, search: TabSearch, kept?: Narrowing['order']): Narrowing {
  const { unread, to_answer, job, person, order = kept } = tabSearch(search);
  return {
    ...(unread && { unread }),
    ...(to_answer && mayNarrow(place, 'to_answer') && { to_answer }),
    ...(job && mayNarrow(place, 'job') && { job }),
    ...(person && { person }),
    ...(order && waits(place, search) && { order }),
  };
}

export const turnIn = (place: Place, { tab }: TabSearch): Turn | undefined =>
  TABS[place] && (tab ?? TABS[place][0]);

// The address of a tab: the first one has the place's own.
export const addressOf = (
  place: Place,
  turn: Turn | undefined,
  narrowing: Narrowing,
): TabSearch => ({ ...(turn && turn !== TABS[place]?.[0] && { tab: turn }), ...narrowing });

export const filterOf = (
  place: Place,
  turn: Turn | undefined,
  narrowing: Narrowing,
): ThreadFilter => ({ place, ...(turn && { triage: turn }), ...narrowing });
