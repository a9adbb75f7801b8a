import { QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { fetchAhead, keys, makeQueryClient } from '../api/queries';
import { useNeighborsAhead } from './ahead';
import { type Beside, BesideList } from './put-away';

let asked: { method: string; path: string }[];
beforeEach(() => {
  asked = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const path = new URL(url).pathname.replace('/api/v1', '');
    asked.push({ method, path });
    const thread = /^\/threads\/(\w+)$/.exec(path)?.[1];
    return Response.json(
      thread
        ? {
            id: thread,
            candidate: `${thread}-c`,
            non_candidate: false,
            unread: true,
            came: 1,
            messages: [{ id: `${thread}-old` }, { id: `${thread}-new` }],
          }
        : {},
    );
  });
});
const paths = () => asked.map((one) => one.path);
const ids = ['a', 'b', 'c', 'd'];
const beside = {
  turn: undefined,
  row: () => undefined,
  next: (id) => ids[ids.indexOf(id) + 1],
  previous: (id) => ids[ids.indexOf(id) - 1],
  open: async () => {},
} satisfies Beside;

function open(id: string, shown: boolean) {
  const queries = makeQueryClient(() => {});
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>
      <BesideList.Provider value={beside}>{children}</BesideList.Provider>
    </QueryClientProvider>
  );
  const hook = renderHook(({ shown }) => useNeighborsAhead(id, shown), {
    initialProps: { shown },
    wrapper,
  });
  return { queries, ...hook };
}

it('M-1 what j and k lead to is there before they are pressed, the next one first', async () => {
  const { queries, rerender } = open('b', false);
  await new Promise((on) => setTimeout(on, 300));
  expect(asked).toEqual([]); // what is being opened comes first
  rerender({ shown: true });
  await waitFor(() => expect(paths()).toContain('/messages/a-new/body'));
  expect(paths().filter((path) => /\/(?:threads|messages)\//.test(path))).toEqual([
    '/threads/c',
    '/messages/c-new/body',
    '/threads/a',
    '/messages/a-new/body',
  ]);
  expect(queries.getQueryData(keys.thread('c'))).toMatchObject({ id: 'c' });
});

it('M-2 nobody has read what was only fetched', async () => {
  const { queries } = open('b', true);
  await waitFor(() => expect(paths()).toContain('/messages/a-new/body'));
  expect(new Set(asked.map((one) => one.method))).toEqual(new Set(['GET']));
  expect(queries.getQueryData(keys.thread('c'))).toMatchObject({ unread: true });
});

it('M-1 whoever goes on at once has nothing fetched behind them', async () => {
  const { unmount } = open('b', true);
  unmount();
  await new Promise((on) => setTimeout(on, 300));
  expect(asked).toEqual([]);
});

it('M-1 what is there already isn’t fetched once more', async () => {
  const queries = makeQueryClient(() => {});
  await fetchAhead(queries, 'c');
  await fetchAhead(queries, 'c');
  expect(paths().toSorted()).toEqual(['/candidates/c-c', '/messages/c-new/body', '/threads/c']);
});
