import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, render, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keys, type Thread, threadQuery } from '../api/queries';
import { seenOf, useMark, useReading } from './mark';

const shown = (came: number, marked_unread = false) =>
  ({ id: 'a', unread: true, marked_unread, came }) as unknown as Thread;

let queries: QueryClient;
let said: { unread: boolean; seen?: number }[];
let status: number;
let seen: DocumentVisibilityState;
beforeEach(() => {
  queries = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  queries.setQueryData(keys.thread('a'), shown(1));
  said = [];
  status = 204;
  seen = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen);
  vi.stubGlobal('fetch', async (request: Request) => {
    said.push(await request.json());
    return new Response(status === 204 ? null : '{}', { status });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const stays = () => false;
function Reader({ leaving = stays, current }: { leaving?: () => boolean; current: boolean }) {
  useReading(useQuery(threadQuery('a')).data, current, leaving);
  return null;
}
const page = (current: boolean, leaving?: () => boolean) => (
  <QueryClientProvider client={queries}>
    <Reader current={current} {...(leaving ? { leaving } : {})} />
  </QueryClientProvider>
);
const open = (leaving?: () => boolean) => render(page(true, leaving));
const unread = () => queries.getQueryData<Thread>(keys.thread('a'))?.unread;
const settle = () => act(() => new Promise((done) => setTimeout(done, 50)));

it('M-7 what is on the screen is read, and what comes to it', async () => {
  open();
  await waitFor(() => expect(said).toEqual([{ unread: false, seen: 1 }]));
  expect(unread()).toBe(false);
  act(() => void queries.setQueryData(keys.thread('a'), shown(2)));
  await waitFor(() => expect(said[1]).toEqual({ unread: false, seen: 2 }));
  // Marked as unread in another window, it stays so.
  await settle();
  act(() => void queries.setQueryData(keys.thread('a'), shown(2, true)));
  await settle();
  expect(said.length).toBe(2);
});

it('M-7 what was read when it was opened stays unread where another window says so', async () => {
  queries.setQueryData(keys.thread('a'), { ...shown(1), unread: false });
  open();
  await settle();
  act(() => void queries.setQueryData(keys.thread('a'), shown(1, true)));
  await settle();
  expect(said).toEqual([]);
});

// It was shown already when a colleague's mailbox had brought it.
it('M-7 what my own mailbox brings while it is on the screen is read', async () => {
  queries.setQueryData(keys.thread('a'), { ...shown(1), unread: false });
  open();
  await settle();
  act(() => void queries.setQueryData(keys.thread('a'), shown(1)));
  await waitFor(() => expect(said).toEqual([{ unread: false, seen: 1 }]));
  // However often it comes anew.
  for (let i = 0; i < 9; i++) {
    await settle();
    act(() => void queries.setQueryData(keys.thread('a'), shown(1)));
  }
  await settle();
  expect(said.length).toBe(3);
});

it('M-7 what an old answer calls read is read where the new one doesn’t', async () => {
  queries.setQueryData(keys.thread('a'), { ...shown(1), unread: false });
  const view = render(page(false));
  await settle();
  act(() => void queries.setQueryData(keys.thread('a'), shown(1)));
  view.rerender(page(true));
  await waitFor(() => expect(said).toEqual([{ unread: false, seen: 1 }]));
});

it('M-7 what nobody looks at stays unread until somebody does', async () => {
  seen = 'hidden';
  open();
  await settle();
  expect(said).toEqual([]);
  seen = 'visible';
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
  await waitFor(() => expect(said.length).toBe(1));
});

it('M-7 a server that can’t be told is not asked again and again', async () => {
  status = 503;
  open();
  await waitFor(() => expect(said.length).toBe(1));
  await settle();
  expect(unread()).toBe(true);
  expect(said.length).toBe(1);
});

it('M-7 whoever marks it as unread and leaves doesn’t read it', async () => {
  open(() => true);
  await settle();
  expect(said).toEqual([]);
});

it('M-8 what was on the screen of one user says nothing of what the next one has seen', async () => {
  const row = { id: 'b', came: 0 };
  queries.setQueryData(keys.me, { user: { id: 'ben' } });
  queries.setQueryData(keys.thread('a'), { ...shown(7), id: 'b' });
  open();
  await waitFor(() => expect(seenOf(queries, row)).toBe(7));
  queries.setQueryData(keys.me, { user: { id: 'clara' } });
  expect(seenOf(queries, row)).toBe(0);
});

let mark: ReturnType<typeof useMark>;
function Marker() {
  mark = useMark();
  return null;
}

it('M-7 u on a row that hides something reads all of it, also where it was on the screen before', async () => {
  render(
    <QueryClientProvider client={queries}>
      <Reader current />
      <Marker />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(said).toEqual([{ unread: false, seen: 1 }]));
  act(() => mark({ id: 'a', candidate_name: 'Jo', unread: true, came: 0 }, false));
  await waitFor(() => expect(said[1]).toEqual({ unread: false }));
});
