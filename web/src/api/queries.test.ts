import { onlineManager, QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { client, ProblemError, unwrap } from './client';
import { keys, mailboxesQuery, makeQueryClient, threadListQuery } from './queries';

it('knows all mailboxes, though the server gives them in pages', async () => {
  const pages: Record<string, object> = {
    '': { rows: [{ id: 'one' }, { id: 'two' }], next: 'more' },
    more: { rows: [{ id: 'three' }], next: null },
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const cursor = new URL((input as Request).url).searchParams.get('cursor') ?? '';
    return Response.json(pages[cursor]);
  });
  const mailboxes = await new QueryClient().fetchQuery(mailboxesQuery);
  expect(mailboxes.map((one) => one.id)).toEqual(['one', 'two', 'three']);
});

it('M-2 a page goes on through stretches of which little passes, and no further than a few', async () => {
  const stretch = (rows: number) => (at: number) => ({
    rows: Array.from({ length: rows }, (_, row) => ({ id: `${at} ${row}` })),
    next: `${at + 1}`,
  });
  const asked: string[] = [];
  const first = async (unread: boolean, rows: number) => {
    asked.length = 0;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const cursor = new URL((input as Request).url).searchParams.get('cursor') ?? '';
      asked.push(cursor);
      return Response.json(stretch(rows)(Number(cursor)));
    });
    const filter = { place: 'all', ...(unread && { unread }) } as const;
    const { pages } = await new QueryClient().fetchInfiniteQuery(threadListQuery(filter));
    return [asked.length, pages[0]!.rows.length, pages[0]!.next];
  };
  expect(await first(true, 0)).toEqual([5, 0, '5']);
  expect(await first(true, 9)).toEqual([3, 27, '3']);
  expect(await first(true, 50)).toEqual([1, 50, '1']);
});

it('says whose change it was that the server no longer took', async () => {
  const asked = vi.fn();
  const queries = makeQueryClient(asked);
  queries.setQueryData(keys.me, { user: { id: 'anna' } });
  let refuse: (error: unknown) => void = () => {};
  const mutation = queries.getMutationCache().build(queries, {
    mutationFn: () =>
      new Promise((_, reject) => {
        refuse = reject;
      }),
  });
  const done = mutation.execute(undefined).catch(() => {});
  await vi.waitFor(() => expect(mutation.state.status).toBe('pending'));
  await new Promise((next) => setTimeout(next)); // until it is on its way
  queries.setQueryData(keys.me, { user: { id: 'bob' } });
  refuse(new ProblemError({ type: 'x', title: 'x', status: 401, code: 'session.missing' }));
  await done;
  expect(asked.mock.calls).toEqual([['anna']]);
});

it('a change fails at once where there is no network, and never happens by itself later', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline'));
  const queries = makeQueryClient(() => {});
  onlineManager.setOnline(false);
  try {
    const change = queries.getMutationCache().build(queries, {
      mutationFn: () => unwrap(client.DELETE('/merges/{id}', { params: { path: { id: 'a' } } })),
    });
    await expect(change.execute(undefined)).rejects.toMatchObject({ code: 'page.offline' });
  } finally {
    onlineManager.setOnline(true);
  }
  await queries.resumePausedMutations();
  expect(fetched).toHaveBeenCalledOnce();
});
