import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetSession } from '../setup/leaving';
import { countsQuery, keys, type Thread, type ThreadRow, threadListQuery } from './queries';
import { setUnread } from './reading';
import { setDone } from './turning';

const at = '2026-01-01T00:00:00.000Z';
const asked = {
  id: 'a',
  triage: 'to_answer',
  asked_at: at,
  came: 4,
  unread: false,
} as ThreadRow;
const TO_ANSWER = keys.threadList({ place: 'inbox', triage: 'to_answer' });
const HEAD = keys.threadHead({ place: 'inbox', triage: 'to_answer' });
const ALL = keys.threadList({ place: 'all' });

let queries: QueryClient;
let answer: (response: Response) => void;
let said: { done: boolean; seen?: number }[];
beforeEach(() => {
  queries = new QueryClient();
  const pages = { pages: [{ rows: [asked], next: null }], pageParams: [''] };
  queries.setQueryData(TO_ANSWER, pages);
  queries.setQueryData(HEAD, { rows: [asked], next: null });
  queries.setQueryData(ALL, pages);
  queries.setQueryData(keys.thread('a'), asked as unknown as Thread);
  queries.setQueryData(countsQuery.queryKey, { to_answer: 5 });
  said = [];
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.method === 'GET')
      return Promise.resolve(Response.json({ rows: [asked], next: null }));
    void request.json().then((body) => said.push(body));
    return new Promise<Response>((done) => {
      answer = done;
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const soon = (look: () => void) => vi.waitFor(look, { timeout: 10_000 });
const refusal = () =>
  Response.json(
    { type: 'about:blank', title: 'No', status: 409, code: 'thread.not-in-your-mail' },
    { status: 409, headers: { 'content-type': 'application/problem+json' } },
  );
const shown = () => ({
  list: queries.getQueryData<{ pages: { rows: ThreadRow[] }[] }>(TO_ANSWER)?.pages[0]?.rows[0]
    ?.triage,
  head: queries.getQueryData<{ rows: ThreadRow[] }>(HEAD)?.rows[0]?.triage,
  thread: queries.getQueryData<Thread>(keys.thread('a'))?.triage,
  count: queries.getQueryData(countsQuery.queryKey)?.to_answer,
});
const before = { list: 'to_answer', head: 'to_answer', thread: 'to_answer', count: 5 };
const after = { list: 'done', head: 'done', thread: 'done', count: 4 };

describe('M-8 a conversation that is put away', () => {
  it('is away at once, and only in the lists of a turn', async () => {
    const put = setDone(queries, asked, true);
    expect(shown()).toEqual(after);
    expect(
      queries.getQueryData<{ pages: { rows: ThreadRow[] }[] }>(ALL)?.pages[0]?.rows[0]?.triage,
    ).toBe('to_answer');
    await soon(() => expect(said).toEqual([{ done: true, seen: 4 }]));
    answer(new Response(null, { status: 204 }));
    await put;
    expect(shown()).toEqual(after);
    expect(queries.getQueryState(HEAD)?.isInvalidated).toBe(true);
  });
  it('is back where it was when the server refuses', async () => {
    const put = setDone(queries, asked, true);
    await soon(() => expect(said).toHaveLength(1));
    answer(refusal());
    await expect(put).rejects.toMatchObject({ status: 409 });
    expect(shown()).toEqual(before);
  });
  it('is taken back after the first word, not before it', async () => {
    const put = setDone(queries, asked, true);
    const undo = setDone(queries, { ...asked, triage: 'done' }, false);
    expect(shown()).toEqual(before);
    await soon(() => expect(said).toEqual([{ done: true, seen: 4 }]));
    answer(new Response(null, { status: 204 }));
    await put;
    expect(shown()).toEqual(before);
    await soon(() => expect(said).toEqual([{ done: true, seen: 4 }, { done: false }]));
    answer(new Response(null, { status: 204 }));
    await undo;
    expect(shown()).toEqual(before);
  });
  it('is where the server has it when it refuses two words in a row', async () => {
    const words = [true, false].map((done, at) =>
      setDone(queries, { ...asked, triage: at % 2 ? 'done' : 'to_answer' }, done),
    );
    const ends = Promise.allSettled(words);
    for (const at of words.keys()) {
      await soon(() => expect(said).toHaveLength(at + 1));
      answer(refusal());
    }
    expect((await ends).map(({ status }) => status)).toEqual(words.map(() => 'rejected'));
    expect(shown()).toEqual(before);
  });
  it('stands as the server agreed to it, though it refuses what came after', async () => {
    const put = setDone(queries, asked, true);
    const undo = setDone(queries, { ...asked, triage: 'done' }, false);
    await soon(() => expect(said).toHaveLength(1));
    answer(new Response(null, { status: 204 }));
    await put;
    await soon(() => expect(said).toHaveLength(2));
    answer(refusal());
    await expect(undo).rejects.toMatchObject({ status: 409 });
    expect(shown()).toEqual(after);
  });
  it('doesn’t come back with an answer from before the server knew', async () => {
    const put = setDone(queries, asked, true);
    const filter = { place: 'sent', triage: 'to_answer' } as const;
    const fetched = await queries.fetchInfiniteQuery(threadListQuery(filter));
    expect(fetched.pages[0]!.rows[0]!.triage).toBe('done');
    await soon(() => expect(said).toHaveLength(1));
    answer(new Response(null, { status: 204 }));
    await put;
  });
});

it('W-5 what was said by who has left says nothing in the lists of who comes next', async () => {
  const theirs = { ...asked, triage: 'waiting' } as ThreadRow;
  const before = Promise.allSettled([
    setDone(queries, asked, true),
    setUnread(queries, asked, true), // waits for the first
  ]);
  await soon(() => expect(said).toHaveLength(1));
  forgetSession(queries);
  queries.setQueryData(keys.thread('a'), theirs as unknown as Thread);
  // They say something of the same conversation.
  const own = setDone(queries, theirs, true);
  answer(refusal());
  expect((await before).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const seen = queries.getQueryData<Thread>(keys.thread('a'));
  expect({ triage: seen?.triage, unread: seen?.unread }).toEqual({ triage: 'done', unread: false });
  // Nor is what was still to be told told in their name.
  await soon(() => expect(said).toEqual(Array(2).fill({ done: true, seen: 4 })));
  answer(refusal());
  await expect(own).rejects.toThrow();
  expect(queries.getQueryData<Thread>(keys.thread('a'))?.triage).toBe('waiting');
});
