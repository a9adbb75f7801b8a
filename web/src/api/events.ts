// Live changes: one stream of events, each of which makes exactly the touched queries stale.
// The browser reconnects by itself with Last-Event-ID; when the server closes the stream for good
// we start again after a wait, and refresh what may have been missed.
import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query';
import { BASE, Left, type Schemas } from './client';
import { outdateFollowed, outdatePlaces } from './following';
import {
  fetchTurn,
  isNarrowed,
  keys,
  type Place,
  passes,
  standing,
  type Thread,
  type ThreadFilter,
  type ThreadRow,
} from './queries';
import { forgetWith, patchRows } from './rows';
import { ask, turning } from './said';
import { showTurn } from './turning';

export const KINDS = [
  'message',
  'thread',
  'candidate',
  'mailbox',
  'outbox',
  'directory',
  'user',
  'session',
  'claim',
  'follow',
  'followers',
  'archive',
] as const;
export type Kind = (typeof KINDS)[number];
// `places`: the reader's own lists in which the thread stands; absent where that isn't known.
// `thread`: of what is about one conversation. `alone`: nobody else is told.
export type Change = {
  kind: Kind;
  id: string;
  candidate: string;
  places?: string[];
  thread?: string;
  alone?: boolean;
};

// However many messages come, the same is asked for again once a second at most: at the first change,
// and once more for all that came in the meantime.
const PAUSE = 1000;
const LONG_PAUSE = 5000; // of what is only glanced at
const pausing = new WeakMap<QueryClient, Map<string, boolean>>();
// An answer that is under way may be from before the change, and the first one of a query would be
// taken for fresh: then it is asked for once more, however many changes came before it.
const unanswered = new WeakSet<Query>();
function outdate(queries: QueryClient, filters: QueryFilters): void {
  for (const query of queries.getQueryCache().findAll({ ...filters, fetchStatus: 'fetching' }))
    if (query.state.data === undefined && query.promise && !unanswered.has(query)) {
      unanswered.add(query);
      query.promise.then(
        () => {
          unanswered.delete(query);
          void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
        },
        () => unanswered.delete(query),
      );
    }
  const whole = queries.getQueryCache().findAll(filters).filter(isTimeline);
  for (const query of whole) refreshWhole(queries, query);
  const others = (query: Query) => !isTimeline(query) && (filters.predicate?.(query) ?? true);
  void queries.invalidateQueries(whole.length > 0 ? { ...filters, predicate: others } : filters);
}

// A timeline is asked for again with all of its pages. What is under way there ends first: neither a press on
// "Older" nor one refresh is dropped for the next.
const isTimeline = ({ queryKey: [kind, , what] }: Query) =>
  kind === 'candidate' && what === 'timeline';
const refreshing = new WeakSet<Query>();
function refreshWhole(queries: QueryClient, query: Query): void {
  if (refreshing.has(query)) return;
  if (query.state.fetchStatus !== 'fetching' || !query.promise) {
    void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    return;
  }
  refreshing.add(query);
  const then = () => {
    refreshing.delete(query);
    void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
  };
  query.promise.then(then, then);
}

function paced(
  queries: QueryClient,
  name: string,
  what: QueryFilters | (() => void),
  pause = PAUSE,
): void {
  const all = pausing.get(queries) ?? new Map<string, boolean>();
  pausing.set(queries, all);
  if (all.has(name)) {
    all.set(name, true);
    return;
  }
  all.set(name, false);
  if (typeof what === 'function') what();
  else outdate(queries, what);
  setTimeout(() => {
    const again = all.get(name);
    all.delete(name);
    if (again) paced(queries, name, what, pause);
  }, pause);
}

const refreshList = (queries: QueryClient, queryKey: readonly unknown[], pause = PAUSE) =>
  paced(queries, JSON.stringify(queryKey), { queryKey }, pause);

// A list of one turn, or a narrowed one, that nobody looks at comes anew when somebody does: its head can't tell what left
// further down.
function leaveStale(queries: QueryClient, list: ThreadFilter): void {
  void queries.invalidateQueries({
    queryKey: keys.threadList(list),
    exact: true,
    type: 'inactive',
    refetchType: 'none',
  });
}

// Nor can it of the list that is being looked at: whose turn it is there, further down than the head, is
// asked for each conversation that something happens in; one after the other, however many these are.
let looking = new WeakMap<QueryClient, Map<string, Change['places']>>();
forgetWith(() => {
  looking = new WeakMap();
});
function lookBelow(queries: QueryClient, thread: string, places: Change['places']): void {
  if (
    !openTurns(queries).some((list) => list.shows(thread) || list.mayMiss(places)) &&
    !showsNarrowed(queries, thread)
  )
    return;
  lookAt(queries, thread, places);
}

function lookAt(queries: QueryClient, thread: string, places: Change['places']): void {
  const waiting = looking.get(queries);
  if (waiting) {
    waiting.set(thread, places);
    return;
  }
  const all = new Map([[thread, places]]);
  looking.set(queries, all);
  void (async () => {
    for (const [one, where] of all) {
      all.delete(one); // what happens in it from now on asks once more
      // Gone, or out of reach: it is when it is opened again. Whoever has left looks at nothing.
      await look(queries, one, where).catch((error) => error instanceof Left && all.clear());
    }
    if (looking.get(queries) === all) looking.delete(queries);
  })();
}

async function look(queries: QueryClient, thread: string, places: Change['places']): Promise<void> {
  const asked = ask();
  const { id, triage: turn, unread, asked_at, waits, messages } = await fetchTurn(thread);
  patchRows(queries, thread, { unread, asked_at, waits });
  // What the reader has said meanwhile shows where it went by itself.
  const said = () => turning.since(asked, thread) !== undefined;
  if (said()) return;
  // Part of another one by now, which is told of, too: it stands nowhere itself any more.
  const triage = id === thread ? turn : null;
  for (const { query, filter } of openTurns(queries)) {
    if (filter.triage && filter.triage !== triage) {
      showTurn(queries, thread, triage);
      continue;
    }
    if (!passes(filter, { triage, unread, waits })) continue;
    // What has come into the list is in its head, which is being asked for, or further down. In what I
    // sent it stands by when I wrote, and only the head tells.
    const stands = standing(filter);
    const at = stands({ last_at: messages.at(-1)?.date ?? EPOCH, since: asked_at });
    const further = () => {
      const last = headOf(queries, filter)?.state.data?.rows.at(-1);
      return last !== undefined && at < stands(last);
    };
    const apart = filter.place === 'sent' && !filter.order;
    if (apart && !further()) await new Promise((on) => setTimeout(on, PAUSE));
    await headOf(queries, filter)?.promise?.catch(() => {});
    if (!apart && !further()) continue;
    const list = openTurns(queries).find((one) => one.query === query);
    if (!list?.mayMiss(places) || list.shows(thread) || said()) continue;
    if (headOf(queries, filter)?.state.data?.rows.some(({ id }) => id === thread)) continue;
    if (at >= list.end) refreshList(queries, query.queryKey);
  }
}

// Whether a list that is being looked at holds it as unread, say.
const showsNarrowed = (queries: QueryClient, thread: string): boolean =>
  queries
    .getQueryCache()
    .findAll({ queryKey: ['threads', 'list'], type: 'active' })
    .some(
      ({ queryKey, state }) =>
        isNarrowed(queryKey[2] as ThreadFilter) &&
        (state.data as { pages: Head[] } | undefined)?.pages.some(({ rows }) =>
          rows.some(({ id }) => id === thread),
        ),
    );

const EPOCH = new Date(0).toISOString();

type Head = { rows: ThreadRow[]; next: string | null };
const headOf = (queries: QueryClient, filter: ThreadFilter) =>
  queries.getQueryCache().find<Head>({ queryKey: keys.threadHead(filter), exact: true });

// The lists that are being looked at of one turn, or by who has waited longest: who comes into these may stand further
// down than their heads.
function openTurns(queries: QueryClient) {
  return queries
    .getQueryCache()
    .findAll({ queryKey: ['threads', 'list'], type: 'active' })
    .map((query) => {
      const pages = (query.state.data as { pages: Head[] } | undefined)?.pages ?? [];
      const filter = query.queryKey[2] as ThreadFilter;
      return {
        query,
        filter,
        shows: (thread: string) =>
          pages.some(({ rows }) =>
            rows.some(
              ({ id, triage }) => id === thread && (!filter.triage || triage === filter.triage),
            ),
          ),
        // Below its head.
        mayMiss: (places: Change['places']) =>
          (!places || !filter.triage || places.includes(filter.place)) &&
          Boolean(headOf(queries, filter)?.state.data?.next),
        // Of what is loaded; of a narrowed list the last page may hold nothing.
        end: endOf(filter, pages),
      };
    })
    .filter(({ filter }) => filter.triage || filter.order);
}

function endOf(filter: ThreadFilter, pages: Head[]): number {
  const last = pages.at(-1)?.next ? pages.flatMap(({ rows }) => rows).at(-1) : undefined;
  return last ? standing(filter)(last) : -Infinity;
}

const outdateArchive = (queries: QueryClient) => outdatePlace(queries, 'archived');
const outdatePlace = (queries: QueryClient, place: Place) =>
  paced(queries, `place ${place}`, () => outdatePlaces(queries, (one) => one === place));

// For an answer of any of us a conversation waits until somebody puts it away, and again when they take it back.
function archived(queries: QueryClient, { thread, places }: Change): void {
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: ['threads', 'head'] })) {
    const list = queryKey[2] as ThreadFilter;
    if (!list.to_answer || (places && !places.includes(list.place))) continue;
    refreshList(queries, queryKey);
    leaveStale(queries, list);
  }
  if (thread && showsNarrowed(queries, thread)) lookAt(queries, thread, places);
}

// Whoever was taken out of a job leaves its lists, further down than their heads, too.
function outdateJobs(queries: QueryClient, candidate: string): void {
  const lists = queries.getQueryCache().findAll({ queryKey: ['threads', 'list'], type: 'active' });
  for (const { queryKey, state } of lists)
    if (
      (queryKey[2] as ThreadFilter).job &&
      (state.data as { pages?: Head[] } | undefined)?.pages?.some(({ rows }) =>
        rows.some((row) => row.candidate === candidate),
      )
    )
      refreshList(queries, queryKey);
}

// Whom a conversation's messages are from, to or cc may be fewer (T-5), further down than its lists' heads, too.
async function outdatePersons(queries: QueryClient, { thread, alone }: Change): Promise<void> {
  if (alone) return;
  const isIt = ({ id }: ThreadRow) => id === thread;
  const lists = queries.getQueryCache().findAll({ queryKey: ['threads', 'list'], type: 'active' });
  for (const { queryKey, state } of lists) {
    const filter = queryKey[2] as ThreadFilter;
    const pages = (state.data as { pages?: Head[] } | undefined)?.pages;
    if (!filter.person || !pages?.some(({ rows }) => rows.some(isIt))) continue;
    await headOf(queries, filter)?.promise?.catch(() => {});
    const head = headOf(queries, filter)?.state.data;
    if (head?.next && !head.rows.some(isIt)) refreshList(queries, queryKey);
  }
}

// In which places a row like this is shown.
function placesShowing(queries: QueryClient, like: (row: ThreadRow) => boolean): Set<Place> {
  const lists = queries.getQueryCache().findAll({ queryKey: ['threads', 'list'] });
  const showing = lists.filter(({ state }) =>
    (state.data as { pages?: Head[] } | undefined)?.pages?.some(({ rows }) => rows.some(like)),
  );
  return new Set(showing.map(({ queryKey }) => (queryKey[2] as ThreadFilter).place));
}

// What was put away and is written in again is in no head that would say so; nor is what has left these places
// with its candidate, who is none any more, or somebody who is one now (M-3).
function outdateLeft(queries: QueryClient, { thread, candidate, places }: Change): void {
  if (placesShowing(queries, (row) => row.id === thread).has('archived')) outdateArchive(queries);
  if (!places) return;
  const shown = placesShowing(queries, (row) => row.candidate === candidate);
  for (const one of ['all', 'non-candidates'] as const)
    if (shown.has(one) && !places.includes(one)) outdatePlace(queries, one);
}

// Lists show the newest first and must not jump under the reader: an event refreshes only the
// head of a list, never its loaded pages (see inbox/live.ts).
export function touch(queries: QueryClient, change: Change): void {
  const stale = (queryKey: readonly unknown[], exact = false) =>
    outdate(queries, { queryKey, exact });
  const threadsOf = (candidate: string) =>
    paced(queries, `threads of ${candidate}`, {
      predicate: ({ queryKey, state }) =>
        queryKey[0] === 'thread' &&
        (!candidate || !state.data || (state.data as Thread).candidate === candidate),
    });
  const timelines = (candidate: string) => {
    if (candidate) refreshList(queries, keys.timeline(candidate));
    else paced(queries, 'timelines', { predicate: isTimeline });
  };
  const heads = (candidate: string) => {
    for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: ['threads', 'head'] })) {
      const list = queryKey[2] as ThreadFilter;
      if (list.candidate && candidate && list.candidate !== candidate) continue;
      if (change.places && !change.places.includes(list.place)) continue;
      refreshList(queries, queryKey);
      if (list.triage || isNarrowed(list)) leaveStale(queries, list);
    }
    // What went out of the inbox altogether is known by no place.
    const inMine = !change.places || change.places.includes('inbox');
    if (inMine || change.kind === 'thread') refreshList(queries, keys.counts);
    // What is unread came to my mailboxes, or I said so.
    if (inMine || change.alone) refreshList(queries, keys.unreadCounts, LONG_PAUSE);
    if (change.thread) lookBelow(queries, change.thread, change.places);
    if (change.thread) outdateLeft(queries, change);
  };
  switch (change.kind) {
    case 'message':
      // What was found stays as it is read; who comes back to it asks anew.
      void queries.invalidateQueries({ queryKey: keys.searches, refetchType: 'none' });
      threadsOf(change.candidate);
      heads(change.candidate);
      refreshList(queries, keys.candidates);
      if (change.candidate) {
        refreshList(queries, keys.files(change.candidate));
        refreshList(queries, keys.oldMail(change.candidate));
      }
      timelines(change.candidate);
      break;
    case 'thread':
      stale(keys.thread(change.id));
      // What stands in it is seen, or isn't any more.
      if (change.candidate) refreshList(queries, keys.files(change.candidate));
      timelines(change.candidate);
      heads(change.candidate);
      void outdatePersons(queries, change);
      break;
    case 'candidate':
      stale(keys.candidate(change.candidate || change.id));
      // Of one who has become part of another: whoever looks at them is led there.
      if (change.candidate && change.candidate !== change.id) {
        stale(keys.candidate(change.id));
        threadsOf(change.id);
      }
      stale(keys.candidates);
      refreshList(queries, keys.stageCounts, LONG_PAUSE);
      refreshList(queries, keys.searches);
      threadsOf(change.candidate || change.id);
      heads(change.candidate || change.id);
      outdateJobs(queries, change.candidate || change.id);
      // For my eyes alone: I may see them no longer.
      if (
        !change.candidate &&
        placesShowing(queries, (row) => row.candidate === change.id).has('all')
      )
        outdatePlace(queries, 'all');
      break;
    case 'outbox':
      stale(keys.outbox);
      threadsOf(change.candidate);
      timelines(change.candidate);
      heads(change.candidate);
      break;
    case 'mailbox':
      stale(keys.mailboxes);
      if (change.id) stale(keys.mailbox(change.id));
      break;
    case 'directory':
      stale(keys.users);
      stale(keys.jobs);
      stale(keys.candidates);
      refreshList(queries, keys.stageCounts, LONG_PAUSE);
      refreshList(queries, keys.searches);
      outdate(queries, { predicate: ({ queryKey }) => queryKey[0] === 'candidate' });
      refreshList(queries, keys.counts); // who sees which conversation may have changed
      break;
    case 'user':
      stale(keys.me);
      stale(keys.users);
      stale(keys.invitations);
      break;
    case 'session': // one of mine has ended
      stale(keys.sessions);
      break;
    case 'claim':
      stale(keys.claims);
      break;
    case 'follow': // of mine, here or on another device
      stale(keys.candidate(change.id), true);
      stale(keys.jobs);
      outdateFollowed(queries);
      refreshList(queries, keys.unreadCounts, LONG_PAUSE); // in these places
      break;
    case 'followers':
      stale(keys.candidate(change.id), true);
      break;
    case 'archive':
      outdateArchive(queries);
      archived(queries, change);
      break;
  }
}

type Stream = Pick<EventSource, 'addEventListener' | 'close' | 'readyState'>;

export type LiveState = 'connecting' | 'live' | 'lost';

const LOST_AFTER = 500; // milliseconds: the session may have ended, which is another thing

// stillIn: asked as soon as the stream ends, for the server ends it with the session as well.
export function listen(
  queries: QueryClient,
  onState: (state: LiveState) => void = () => {},
  open: (url: string) => Stream = (url) => new EventSource(url),
  stillIn: () => Promise<boolean> = async () => true,
): () => void {
  let stream: Stream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = 1000;
  let missed = false;
  let ended = false;
  let lost: ReturnType<typeof setTimeout> | undefined;
  let asked = false; // since it was open

  const start = (since = '') => {
    const current = open(`${BASE}/events${since && `?since=${encodeURIComponent(since)}`}`);
    stream = current;
    current.addEventListener('open', () => {
      wait = 1000;
      asked = false;
      clearTimeout(lost);
      onState('live');
      if (missed) {
        missed = false;
        outdate(queries, {});
      }
    });
    // We were away for too long to be told what happened meanwhile.
    current.addEventListener('start_over', () => outdate(queries, {}));
    for (const kind of KINDS) {
      current.addEventListener(kind, (event) => {
        const data = parse((event as MessageEvent<string>).data);
        touch(queries, {
          kind,
          id: data.id ?? '',
          candidate: data.candidate ?? '',
          ...(Array.isArray(data.places) ? { places: data.places } : {}),
          ...(data.thread ? { thread: data.thread } : {}),
          ...(data.alone ? { alone: true } : {}),
        });
      });
    }
    current.addEventListener('error', () => {
      if (ended) return;
      clearTimeout(lost);
      lost = setTimeout(onState, LOST_AFTER, 'lost');
      if (current.readyState !== 2) {
        // The browser retries, with Last-Event-ID. Who isn't in any more is told before it does.
        if (!asked) void stillIn();
        asked = true;
        return;
      }
      current.close();
      missed = true; // a fresh stream starts now: what happened meanwhile must be asked for
      const at = Date.now() + wait;
      wait = Math.min(wait * 2, 30_000);
      void stillIn().then((yes) => {
        if (yes && !ended) timer = setTimeout(() => start(), Math.max(0, at - Date.now()));
      });
    });
  };
  onState('connecting');
  // Everything else was asked for after Me: what has happened since is told.
  start(queries.getQueryData<Schemas['Me']>(keys.me)?.events_since);
  return () => {
    ended = true;
    clearTimeout(timer);
    clearTimeout(lost);
    stream?.close();
  };
}

type Data = {
  id?: string | null;
  candidate?: string | null;
  places?: string[];
  thread?: string;
  alone?: boolean;
};

function parse(data: string): Data {
  try {
    const value: unknown = JSON.parse(data);
    return value && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}
