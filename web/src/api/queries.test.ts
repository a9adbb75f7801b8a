import { onlineManager, QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { client, ProblemError, unwrap } from './client';
import { keys, mailboxesQuery, makeQueryClient } from './queries';

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
