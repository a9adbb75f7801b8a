import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchTurn, keys, type Thread, type ThreadRow, threadListQuery } from './queries';
import { setUnread } from './reading';

const row = { id: 'a', unread: true, came: 4 } as ThreadRow;
const ALL = keys.threadList({ place: 'all' });

let queries: QueryClient;
let answers: ((response: Response) => void)[];
let slow: Promise<void>;
let said: { unread: boolean; seen?: number }[];
beforeEach(() => {
  queries = new QueryClient();
  queries.setQueryData(ALL, { pages: [{ rows: [row], next: null }], pageParams: [''] });
  queries.setQueryData(keys.thread('a'), row as unknown as Thread);
  said = [];
  slow = Promise.resolve();
  answers = [];
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.method === 'GET') {
      const old = new URL(request.url).pathname.endsWith('/a') ? row : { rows: [row], next: null };
      return slow.then(() => Response.json(old));
    }
    void request.json().then((body) => said.push(body));
    return new Promise<Response>((done) => answers.push(done));
  });
});
afterEach(() => vi.unstubAllGlobals());

const soon = (look: () => void) => vi.waitFor(look, { timeout: 10_000 });
const done = () => new Response(null, { status: 204 });
const shown = () => [
  queries.getQueryData<{ pages: { rows: ThreadRow[] }[] }>(ALL)?.pages[0]?.rows[0]?.unread,
  queries.getQueryData<Thread>(keys.thread('a'))?.unread,
];

describe('M-7 what is read', () => {
  it('is so at once, up to what was shown, also where an older answer says otherwise', async () => {
    const word = setUnread(queries, row, false, 4);
    expect(shown()).toEqual([false, false]);
    const page = await queries.fetchInfiniteQuery(threadListQuery({ place: 'all' }));
    expect(page.pages[0]?.rows[0]?.unread).toBe(false);
    await soon(() => expect(said).toEqual([{ unread: false, seen: 4 }]));
    answers[0]!(done());
    await word;
    expect(shown()).toEqual([false, false]);
  });
  it('is not so for what came since, whatever was said of what was shown', async () => {
    const word = setUnread(queries, row, false, 3);
    expect(shown()).toEqual([true, true]); // this row is of what came since
    await soon(() => expect(answers.length).toBe(1));
    const page = await queries.fetchInfiniteQuery(threadListQuery({ place: 'all' }));
    expect(page.pages[0]?.rows[0]?.unread).toBe(true);
    answers[0]!(done());
    await word;
    expect(shown()).toEqual([true, true]);
  });
  it('stays so where an answer that was under way comes after the server knew', async () => {
    let come = () => {};
    slow = new Promise((go) => {
      come = go;
    });
    const list = queries.fetchInfiniteQuery(threadListQuery({ place: 'all' }));
    const alone = fetchTurn('a');
    const word = setUnread(queries, row, false, 4);
    await soon(() => expect(answers.length).toBe(1));
    answers[0]!(done());
    await word;
    come();
    await list;
    expect(shown()).toEqual([false, false]);
    expect((await alone).unread).toBe(false);
    // What is asked for from now on knows.
    expect((await fetchTurn('a')).unread).toBe(true);
  });
  it('is unread again where the server refuses, and where the reader says so, in that order', async () => {
    const refused = setUnread(queries, row, false);
    await soon(() => expect(answers.length).toBe(1));
    answers[0]!(Response.json({ status: 503, code: 'x', title: 'No' }, { status: 503 }));
    await expect(refused).rejects.toThrow();
    expect(shown()).toEqual([true, true]);
    const first = setUnread(queries, row, false);
    const second = setUnread(queries, { ...row, unread: false }, true);
    expect(shown()).toEqual([true, true]);
    await soon(() => expect(said.length).toBe(2));
    answers[1]!(done());
    await first;
    expect(shown()).toEqual([true, true]);
    await soon(() => expect(said[2]).toEqual({ unread: true }));
    answers[2]!(done());
    await second;
    expect(shown()).toEqual([true, true]);
  });
});
