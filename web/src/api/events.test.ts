import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Change, listen, touch } from './events';
import { keys } from './queries';

let queries: QueryClient;
const THREAD_A = keys.thread('a');
const THREAD_B = keys.thread('b');
const ALL = [
  keys.me,
  keys.users,
  keys.jobs,
  keys.candidateList({}),
  keys.candidate('lea'),
  keys.candidate('tom'),
  keys.threadList({ place: 'inbox' }),
  keys.threadHead({ place: 'inbox' }),
  keys.threadHead({ place: 'all', candidate: 'lea' }),
  keys.threadHead({ place: 'all', candidate: 'tom' }),
  THREAD_A,
  THREAD_B,
  keys.body('m1'),
  keys.mailboxes,
  keys.mailbox('box'),
  keys.folders('box'),
  keys.mailbox('other'),
  keys.outbox,
  keys.invitations,
  keys.claims,
  keys.counts,
];

beforeEach(() => {
  queries = new QueryClient();
  for (const key of ALL) queries.setQueryData(key, {});
  queries.setQueryData(THREAD_A, { candidate: 'lea' });
  queries.setQueryData(THREAD_B, { candidate: 'tom' });
});
afterEach(() => vi.useRealTimers());

function stale(change: Change): string[] {
  touch(queries, change);
  return queries
    .getQueryCache()
    .getAll()
    .filter((query) => query.state.isInvalidated)
    .map((query) => JSON.stringify(query.queryKey))
    .sort();
}
const wanted = (...list: (readonly unknown[])[]) => list.map((key) => JSON.stringify(key)).sort();

describe('an event makes exactly the touched queries stale', () => {
  it('only the lists in which the thread stands', () => {
    queries.setQueryData(keys.threadHead({ place: 'sent' }), {});
    expect(stale({ kind: 'thread', id: 'a', candidate: 'lea', places: ['all', 'sent'] })).toEqual(
      wanted(
        THREAD_A,
        keys.threadHead({ place: 'sent' }),
        keys.counts,
        keys.threadHead({ place: 'all', candidate: 'lea' }),
      ),
    );
  });
  it('M-8 the count of what is to answer, but not for others’ mail', () => {
    const counts = JSON.stringify(keys.counts);
    const message = { kind: 'message', id: 'm', candidate: 'lea' } as const;
    expect(stale({ ...message, places: ['all'] })).not.toContain(counts);
    expect(stale({ ...message, places: ['all', 'inbox'] })).toContain(counts);
  });
  it('M-2 a narrowed list that nobody looks at, as a whole: what left it is in no head', () => {
    const seen: Change = { kind: 'thread', id: 'a', candidate: 'lea', places: ['all'] };
    const narrowed = (['unread', 'to_answer'] as const).map((by) =>
      keys.threadList({ place: 'all', [by]: true }),
    );
    const ofJob = keys.threadList({ place: 'all', job: 'j' });
    const ofPerson = keys.threadList({ place: 'all', person: 'ben@x.example' });
    for (const key of [...narrowed, ofJob, ofPerson, keys.threadList({ place: 'all' })])
      queries.setQueryData(key, { pages: [], pageParams: [] });
    for (const key of [...narrowed, ofJob, ofPerson])
      queries.setQueryData(keys.threadHead(key[2]), { rows: [], next: null });
    const touched = stale(seen);
    for (const key of [...narrowed, ofJob, ofPerson])
      expect(touched).toContain(JSON.stringify(key));
    expect(touched).not.toContain(JSON.stringify(keys.threadList({ place: 'all' })));
  });
  it('M-7 how much is unread, where that is mine: not for others’ mail, and seldom', () => {
    vi.useFakeTimers();
    const unread = JSON.stringify(keys.unreadCounts);
    const told = (change: Partial<Change>) => {
      queries.setQueryData(keys.unreadCounts, {});
      return stale({ kind: 'message', id: 'm', candidate: 'lea', ...change }).includes(unread);
    };
    const thread = { kind: 'thread', id: 'a', thread: 'a', places: ['all'] } as const;
    expect(told({ ...thread, places: ['all'] })).toBe(false);
    expect(told({ kind: 'archive', id: 'a', thread: 'a', places: ['all', 'inbox'] })).toBe(false);
    expect(told({ ...thread, places: ['all'], alone: true })).toBe(true);
    expect(told({ places: ['all', 'inbox'] })).toBe(false); // it was asked a moment ago
    vi.advanceTimersByTime(4000);
    expect(queries.getQueryState(keys.unreadCounts)?.isInvalidated).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(queries.getQueryState(keys.unreadCounts)?.isInvalidated).toBe(true);
  });
  it('M-2 what waits for an answer, when somebody puts it away or takes it back', () => {
    const waiting = keys.threadHead({ place: 'all', to_answer: true });
    const other = keys.threadHead({ place: 'non-candidates', to_answer: true });
    const whole = keys.threadHead({ place: 'all' });
    for (const key of [waiting, other, whole]) queries.setQueryData(key, { rows: [], next: null });
    const change = { kind: 'archive', id: 'a', candidate: 'lea', thread: 'a' } as const;
    const touched = stale({ ...change, places: ['all', 'inbox', 'archived'] });
    expect(touched).toContain(JSON.stringify(waiting));
    for (const key of [other, whole]) expect(touched).not.toContain(JSON.stringify(key));
  });
  it('M-2 the list of a job that a candidate was taken out of, as a whole', () => {
    vi.useFakeTimers();
    const key = keys.threadList({ place: 'all', job: 'j' });
    const rows = [{ id: 'a', candidate: 'lea' }];
    queries.setQueryData(key, { pages: [{ rows, next: null }], pageParams: [''] });
    const look = new QueryObserver(queries, {
      queryKey: key,
      queryFn: () => new Promise<never>(() => {}),
      staleTime: Number.POSITIVE_INFINITY,
    }).subscribe(() => {});
    const asked = () => queries.getQueryState(key)?.fetchStatus === 'fetching';
    stale({ kind: 'candidate', id: 'tom', candidate: 'tom' });
    expect(asked()).toBe(false);
    stale({ kind: 'candidate', id: 'lea', candidate: 'lea' });
    expect(asked()).toBe(true);
    look();
  });
  it('M-2 T-5 the list of a person, as a whole, where a conversation below its head may be without them', async () => {
    const filter = { place: 'all', person: 'ben@x.example' } as const;
    const key = keys.threadList(filter);
    const rows = ['a', 'b'].map((id) => ({ id, candidate: 'lea' }));
    queries.setQueryData(key, { pages: [{ rows, next: null }], pageParams: [''] });
    queries.setQueryData(keys.threadHead(filter), { rows: rows.slice(0, 1), next: 'more' });
    const look = new QueryObserver(queries, {
      queryKey: key,
      queryFn: () => new Promise<never>(() => {}),
      staleTime: Number.POSITIVE_INFINITY,
    }).subscribe(() => {});
    const asked = async (change: Partial<Change> & { id: string }) => {
      touch(queries, { kind: 'thread', candidate: 'lea', thread: change.id, ...change });
      await new Promise((done) => setTimeout(done));
      return queries.getQueryState(key)?.fetchStatus === 'fetching';
    };
    expect(await asked({ id: 'a' })).toBe(false); // its head says so
    expect(await asked({ id: 'c' })).toBe(false);
    expect(await asked({ id: 'b', alone: true })).toBe(false); // I have read it
    expect(await asked({ id: 'b' })).toBe(true);
    look();
  });
  it('M-2 what I follow, and its lists as a whole; not for what others follow', () => {
    const list = keys.threadList({ place: 'followed-candidates' });
    const head = keys.threadHead({ place: 'followed-jobs' });
    for (const key of [list, head]) queries.setQueryData(key, {});
    expect(stale({ kind: 'followers', id: 'tom', candidate: 'tom' })).toEqual(
      wanted(keys.candidate('tom')),
    );
    expect(stale({ kind: 'follow', id: 'lea', candidate: '' })).toEqual(
      wanted(keys.candidate('tom'), keys.candidate('lea'), keys.jobs, list),
    );
    expect(queries.getQueryData(head)).toBeUndefined();
  });
  it('M-2 M-5 the archive as a whole, when somebody puts something away or a message brings it back', () => {
    vi.useFakeTimers();
    const list = keys.threadList({ place: 'archived' });
    const head = keys.threadHead({ place: 'archived' });
    const rows = [{ id: 'a' }];
    const both = (change: Change) => {
      queries.setQueryData(list, { pages: [{ rows, next: null }], pageParams: [''] });
      queries.setQueryData(head, { rows, next: null });
      const touched = stale(change);
      return [touched.includes(JSON.stringify(list)), queries.getQueryData(head) === undefined];
    };
    expect(both({ kind: 'archive', id: 'b', candidate: 'lea', thread: 'b' })).toEqual([true, true]);
    const message = { kind: 'message', id: 'm', candidate: 'lea', places: ['all'] } as const;
    expect(both({ ...message, places: ['all'], thread: 'b' })).toEqual([false, false]);
    vi.advanceTimersByTime(1000);
    expect(both({ ...message, places: ['all'], thread: 'a' })).toEqual([true, true]);
  });
  it('M-3 the place that a conversation has left, when somebody becomes a candidate or none again', () => {
    vi.useFakeTimers();
    const of = (place: 'all' | 'non-candidates') => keys.threadList({ place });
    const rows = [{ id: 'another of theirs', candidate: 'pat' }];
    const touched = (places: string[]) => {
      vi.advanceTimersByTime(2000);
      for (const one of ['all', 'non-candidates'] as const)
        queries.setQueryData(of(one), { pages: [{ rows, next: null }], pageParams: [''] });
      const change = { kind: 'thread', id: 'a', candidate: 'pat', thread: 'a', places } as const;
      return (['all', 'non-candidates'] as const).filter((one) =>
        stale({ ...change, places }).includes(JSON.stringify(of(one))),
      );
    };
    expect(touched(['all'])).toEqual(['non-candidates']);
    expect(touched(['non-candidates', 'sent'])).toEqual(['all']);
  });
  it('M-2 a message, the followed view that it stands in', () => {
    const mine = keys.threadHead({ place: 'followed-candidates' });
    const other = keys.threadHead({ place: 'followed-jobs' });
    for (const key of [mine, other]) queries.setQueryData(key, {});
    const touched = stale({
      kind: 'message',
      id: 'm',
      candidate: 'lea',
      places: ['all', 'followed-candidates'],
    });
    expect(touched).toContain(JSON.stringify(mine));
    expect(touched).not.toContain(JSON.stringify(other));
  });
  it('a list once a second at most, however much comes', () => {
    vi.useFakeTimers();
    const asked = vi.spyOn(queries, 'invalidateQueries');
    const heads = () =>
      asked.mock.calls.filter(
        ([filter]) =>
          JSON.stringify(filter?.queryKey) === JSON.stringify(keys.threadHead({ place: 'inbox' })),
      ).length;
    for (let i = 0; i < 50; i++)
      touch(queries, { kind: 'message', id: `m${i}`, candidate: 'lea', places: ['all', 'inbox'] });
    expect(heads()).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(heads()).toBe(2);
    vi.advanceTimersByTime(5000);
    expect(heads()).toBe(2);
  });
  it('the threads of a candidate once a second at most', () => {
    vi.useFakeTimers();
    const asked = vi.spyOn(queries, 'invalidateQueries');
    const threads = () => asked.mock.calls.filter(([filter]) => filter?.predicate).length;
    for (let i = 0; i < 50; i++) {
      touch(queries, { kind: 'message', id: `m${i}`, candidate: 'lea', places: [] });
      touch(queries, { kind: 'outbox', id: `o${i}`, candidate: 'lea', places: [] });
    }
    expect(threads()).toBe(1);
    expect(queries.getQueryState(THREAD_A)?.isInvalidated).toBe(true);
    touch(queries, { kind: 'message', id: 'm', candidate: 'tom', places: [] });
    expect(queries.getQueryState(THREAD_B)?.isInvalidated).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(threads()).toBe(3);
    vi.advanceTimersByTime(5000);
    expect(threads()).toBe(3);
  });
  it('message', () => {
    expect(stale({ kind: 'message', id: 'm1', candidate: 'lea' })).toEqual(
      wanted(
        THREAD_A,
        keys.threadHead({ place: 'inbox' }),
        keys.counts,
        keys.threadHead({ place: 'all', candidate: 'lea' }),
        keys.candidateList({}),
      ),
    );
  });
  it('thread', () => {
    expect(stale({ kind: 'thread', id: 'b', candidate: 'tom' })).toEqual(
      wanted(
        THREAD_B,
        keys.threadHead({ place: 'inbox' }),
        keys.counts,
        keys.threadHead({ place: 'all', candidate: 'tom' }),
      ),
    );
  });
  it('outbox', () => {
    expect(stale({ kind: 'outbox', id: 'o', candidate: 'lea' })).toEqual(
      wanted(
        keys.outbox,
        THREAD_A,
        keys.threadHead({ place: 'inbox' }),
        keys.counts,
        keys.threadHead({ place: 'all', candidate: 'lea' }),
      ),
    );
  });
  it.each(['message', 'thread', 'outbox', 'candidate'] as const)(
    'M-9 the timeline of the candidate: %s',
    (kind) => {
      const [lea, tom] = [keys.timeline('lea'), keys.timeline('tom')];
      for (const key of [lea, tom]) queries.setQueryData(key, {});
      const touched = stale({ kind, id: 'x', candidate: 'lea' });
      expect(touched).toContain(JSON.stringify(lea));
      expect(touched).not.toContain(JSON.stringify(tom));
    },
  );
  it('M-9 neither a press on Older nor a refresh is dropped for the next event', async () => {
    const asked: unknown[] = [];
    const answers: (() => void)[] = [];
    const observer = new InfiniteQueryObserver(queries, {
      queryKey: keys.timeline('lea'),
      queryFn: ({ pageParam }) => {
        asked.push(pageParam);
        return new Promise<number>((done) => answers.push(() => done(pageParam)));
      },
      initialPageParam: 0,
      getNextPageParam: (last) => last + 1,
    });
    const end = observer.subscribe(() => {});
    const answer = () => vi.waitFor(() => (answers.shift() as () => void)());
    await answer();
    await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true));
    const older = observer.fetchNextPage();
    for (const id of ['m1', 'm2']) touch(queries, { kind: 'candidate', id, candidate: 'lea' });
    await answer();
    expect((await older).data?.pages).toEqual([0, 1]);
    await answer(); // and then it is asked for as a whole
    touch(queries, { kind: 'candidate', id: 'm3', candidate: 'lea' });
    await answer();
    await vi.waitFor(() => expect(asked.length).toBe(5));
    expect(asked).toEqual([0, 1, 0, 1, 0]);
    end();
  });
  it('M-9 every timeline, where it isn’t said whose', () => {
    const all = [keys.timeline('lea'), keys.timeline('tom')];
    for (const key of all) queries.setQueryData(key, {});
    const touched = stale({ kind: 'message', id: 'x', candidate: '' });
    for (const key of all) expect(touched).toContain(JSON.stringify(key));
  });
  it('mailbox', () => {
    expect(stale({ kind: 'mailbox', id: 'box', candidate: '' })).toEqual(
      wanted(keys.mailboxes, keys.mailbox('box'), keys.folders('box')),
    );
  });
  it('candidate', () => {
    expect(stale({ kind: 'candidate', id: 'tom', candidate: 'tom' })).toContain(
      JSON.stringify(keys.candidate('tom')),
    );
    expect(stale({ kind: 'candidate', id: 'tom', candidate: 'tom' })).not.toContain(
      JSON.stringify(keys.candidate('lea')),
    );
  });
  it('M-8 directory: the count of what is to answer as well', () => {
    expect(stale({ kind: 'directory', id: 'u', candidate: '' })).toContain(
      JSON.stringify(keys.counts),
    );
  });
  it('user', () => {
    expect(stale({ kind: 'user', id: 'u', candidate: '' })).toEqual(
      wanted(keys.me, keys.users, keys.invitations),
    );
  });
});

class FakeStream extends EventTarget {
  readyState = 1;
  closed = false;
  close() {
    this.closed = true;
  }
}

it('starts again after the server closed the stream, and then asks for what it missed', async () => {
  vi.useFakeTimers();
  const opened: FakeStream[] = [];
  const states: string[] = [];
  const stop = listen(
    queries,
    (state) => states.push(state),
    () => {
      const stream = new FakeStream();
      opened.push(stream);
      return stream as never;
    },
  );
  opened[0]!.dispatchEvent(new Event('open'));
  opened[0]!.dispatchEvent(new MessageEvent('mailbox', { data: '{"id":"box","candidate":null}' }));
  expect(queries.getQueryState(keys.mailbox('box'))?.isInvalidated).toBe(true);
  expect(queries.getQueryState(keys.me)?.isInvalidated).toBe(false);

  opened[0]!.dispatchEvent(new Event('error')); // a short cut: the browser reconnects
  vi.advanceTimersByTime(60_000);
  expect(opened).toHaveLength(1);

  opened[0]!.readyState = 2;
  opened[0]!.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(opened).toHaveLength(2);
  opened[1]!.dispatchEvent(new Event('open'));
  expect(queries.getQueryState(keys.me)?.isInvalidated).toBe(true);
  expect(states).toEqual(['connecting', 'live', 'lost', 'lost', 'live']);
  stop();
  expect(opened[1]!.closed).toBe(true);
});

it('doesn’t start again for who isn’t signed in any more', async () => {
  vi.useFakeTimers();
  const opened: FakeStream[] = [];
  let answer: (signedIn: boolean) => void = () => {};
  const open = () => {
    const stream = new FakeStream();
    opened.push(stream);
    return stream as never;
  };
  listen(queries, undefined, open, () => new Promise((resolve) => (answer = resolve)));
  opened[0]!.readyState = 2;
  opened[0]!.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(1);
  answer(true); // signed in again
  await vi.advanceTimersByTimeAsync(0);
  expect(opened).toHaveLength(2);
  opened[1]!.readyState = 2;
  opened[1]!.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  answer(false); // left
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened).toHaveLength(2);
});

it('W-5 an ended session is asked for at once, and called no lost connection', async () => {
  vi.useFakeTimers();
  const stream = new FakeStream();
  const states: string[] = [];
  const stillIn = vi.fn(() => new Promise<boolean>(() => {}));
  const stop = listen(
    queries,
    (state) => states.push(state),
    () => stream as never,
    stillIn,
  );
  stream.dispatchEvent(new Event('open'));
  stream.readyState = 0;
  stream.dispatchEvent(new Event('error')); // the browser would try again in seconds
  expect(stillIn).toHaveBeenCalledOnce();
  expect(states).toEqual(['connecting', 'live']);
  stream.dispatchEvent(new Event('error'));
  expect(stillIn).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1000);
  expect(states.at(-1)).toBe('lost');
  stop();
});

it('begins where the answers before it end', () => {
  queries.setQueryData(keys.me, { events_since: 'a mark' });
  const urls: string[] = [];
  listen(queries, undefined, (url) => {
    urls.push(url);
    return new FakeStream() as never;
  });
  expect(urls).toEqual([expect.stringMatching(/\/events\?since=a%20mark$/)]);
});

it('what is being asked for the first time is asked once more', async () => {
  const answers = [['before'], ['after']];
  const asked: ((rows: string[]) => void)[] = [];
  const queryKey = keys.threadHead({ place: 'all', candidate: 'lea' });
  queries.removeQueries({ queryKey });
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: () => new Promise<string[]>((answer) => asked.push(answer)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const stop = observer.subscribe(() => {});
  touch(queries, { kind: 'message', id: 'm', candidate: 'lea', places: ['all'] });
  asked[0]!(answers[0]!);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]!(answers[1]!);
  await vi.waitFor(() => expect(queries.getQueryData(queryKey)).toEqual(['after']));
  stop();
});

it('what is being asked for the first time is asked once more, not once for each event', async () => {
  const asked: ((thread: object) => void)[] = [];
  const queryKey = keys.thread('new');
  const observer = new QueryObserver(queries, {
    queryKey,
    queryFn: () => new Promise<object>((answer) => asked.push(answer)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const stop = observer.subscribe(() => {});
  const change = { kind: 'thread', id: 'new', candidate: 'lea', places: [] } as const;
  for (let i = 0; i < 500; i++) touch(queries, { ...change, places: [] });
  const again = vi.spyOn(queries, 'invalidateQueries');
  asked[0]!({ candidate: 'lea' });
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]!({ candidate: 'lea' });
  await vi.waitFor(() => expect(observer.getCurrentResult().isFetching).toBe(false));
  expect(again).toHaveBeenCalledTimes(1);
  expect(asked).toHaveLength(2);
  // It has answered: for the next first time it counts anew.
  void queries.resetQueries({ queryKey });
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  touch(queries, { ...change, places: [] });
  asked[2]!({ candidate: 'lea' });
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  stop();
});

it('bears nonsense in an event', () => {
  const streams: FakeStream[] = [];
  listen(queries, undefined, () => {
    const stream = new FakeStream();
    streams.push(stream);
    return stream as never;
  });
  expect(() =>
    streams[0]!.dispatchEvent(new MessageEvent('message', { data: 'not json' })),
  ).not.toThrow();
});

describe('M-8 an open list of one turn, below its head', () => {
  const filter = { place: 'inbox', triage: 'to_answer' } as const;
  const row = (id: string, last_at: string) => ({ id, last_at, triage: 'to_answer' });
  const rows = [row('c', '3'), row('a', '1')];
  let triage: string;
  let newest: string;
  let asked: string[];
  let whole: string | undefined; // what they have become part of
  let stop: () => void;
  beforeEach(() => {
    queries.clear();
    asked = [];
    whole = undefined;
    newest = '2';
    vi.stubGlobal('fetch', async (request: Request) => {
      const id = new URL(request.url).pathname.split('/').at(-1)!;
      asked.push(id);
      return Response.json({ id: whole ?? id, triage, unread: true, messages: [{ date: newest }] });
    });
    queries.setQueryData(keys.threadList(filter), {
      pages: [{ rows, next: null }],
      pageParams: [''],
    });
    queries.setQueryData(keys.threadHead(filter), { rows: [rows[0]], next: 'more' });
    stop = new QueryObserver(queries, {
      queryKey: keys.threadList(filter),
      staleTime: Number.POSITIVE_INFINITY,
    }).subscribe(() => {});
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
  });
  const touched = (id: string, places: string[]) =>
    touch(queries, { kind: 'message', id: 'm', candidate: 'lea', thread: id, places });
  const shown = () =>
    queries
      .getQueryData<{ pages: { rows: { triage: string }[] }[] }>(keys.threadList(filter))
      ?.pages[0]?.rows.map((one) => one.triage);
  const isStale = () => queries.getQueryState(keys.threadList(filter))?.isInvalidated;

  it('marks what is another’s turn, wherever it stands', async () => {
    triage = 'waiting';
    touched('a', ['sent']);
    await vi.waitFor(() => expect(shown()).toEqual(['to_answer', 'waiting']));
    expect(isStale()).toBe(false);
  });
  it('M-7 says what is unread there', async () => {
    triage = 'to_answer';
    touched('a', []);
    await vi.waitFor(() =>
      expect(
        queries
          .getQueryData<{ pages: { rows: { unread?: boolean }[] }[] }>(keys.threadList(filter))
          ?.pages[0]?.rows.map((one) => one.unread),
      ).toEqual([undefined, true]),
    );
  });
  it('lets go of what has become part of another conversation', async () => {
    triage = 'to_answer';
    whole = 'c';
    touched('a', ['inbox']);
    await vi.waitFor(() => expect(shown()).toEqual(['to_answer', null]));
    expect(isStale()).toBe(false);
  });
  it('is asked for anew where one that belongs there is missing', async () => {
    triage = 'to_answer';
    for (const id of ['c', 'b']) touched(id, ['inbox']);
    await vi.waitFor(() => expect(isStale()).toBe(true));
    expect(asked).toEqual(['c', 'b']);
  });
  it('waits behind its head for what is new', async () => {
    triage = 'to_answer';
    newest = '4';
    for (const id of ['b', 'd', 'a']) touched(id, ['inbox']);
    await vi.waitFor(() => expect(asked).toEqual(['b', 'd', 'a']));
    expect(isStale()).toBe(false);
  });
  it('is asked for anew by who has waited least, where who has waited longest stands first', async () => {
    const longest = { place: 'all', to_answer: true, order: 'longest' } as const;
    const since = (id: string, at: string) => ({ ...row(id, at), triage: null, since: at });
    const first = since('a', '2026-01-01T00:00:01Z');
    queries.setQueryData(keys.threadList(longest), {
      pages: [{ rows: [first, since('b', '2026-01-01T00:00:02Z')], next: null }],
      pageParams: [''],
    });
    queries.setQueryData(keys.threadHead(longest), { rows: [first], next: 'more' });
    const close = new QueryObserver(queries, {
      queryKey: keys.threadList(longest),
      staleTime: Number.POSITIVE_INFINITY,
    }).subscribe(() => {});
    vi.stubGlobal('fetch', async () =>
      Response.json({
        id: 'n',
        triage: null,
        waits: true,
        asked_at: '2026-01-01T00:00:03Z',
        messages: [],
      }),
    );
    touched('n', ['inbox']);
    await vi.waitFor(() =>
      expect(queries.getQueryState(keys.threadList(longest))?.isInvalidated).toBe(true),
    );
    close();
  });
  it('asks for nothing of other places, and for one conversation after the other', async () => {
    triage = 'waiting';
    touched('b', ['sent', 'all']);
    for (let i = 0; i < 50; i++) touched('b', ['inbox']);
    await vi.waitFor(() => expect(asked).toEqual(['b', 'b']));
    expect(isStale()).toBe(false);
  });
});
