import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { afterEach, expect, it, vi } from 'vitest';
import { keys, type ThreadRow } from '../api/queries';
import { listenToKeys } from '../frame/shortcuts';
import { Notices } from '../ui/notice';
import { type Beside, BesideList, useAnswered, usePutAway } from './put-away';

const here = { pathname: '/inbox/a' };
const going = vi.hoisted(() => ({ pathname: '/inbox/a' }));
vi.mock('@tanstack/react-router', () => ({
  useRouter: () => ({ state: { location: here, resolvedLocation: here }, latestLocation: going }),
}));
afterEach(() => {
  vi.unstubAllGlobals();
  going.pathname = here.pathname;
});

const at = '2026-01-01T00:00:00.000Z';
const row = {
  id: 'a',
  candidate_name: 'Léa',
  triage: 'to_answer',
  asked_at: at,
  came: 4,
  unread: true,
};
function asking(after_answer = 'next'): QueryClient {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', after_answer } });
  return queries;
}
function Away() {
  const putAway = usePutAway();
  return <button type="button" onClick={() => putAway(row as ThreadRow, true)} />;
}

it('M-8 says that a newer message lies there, though the next one opens only then', async () => {
  const code = 'thread.newer-message';
  vi.stubGlobal('fetch', async () =>
    Response.json(
      { type: 'about:blank', title: 'No', status: 409, code },
      { status: 409, headers: { 'content-type': 'application/problem+json' } },
    ),
  );
  let opened = () => {};
  const beside: Beside = {
    turn: 'to_answer',
    row: () => undefined,
    next: () => 'b',
    open: () =>
      new Promise((done) => {
        opened = done;
      }),
  };
  const { container } = render(
    <QueryClientProvider client={asking()}>
      <Tooltip.Provider>
        <BesideList.Provider value={beside}>
          <Away />
        </BesideList.Provider>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  act(() => container.querySelector('button')!.click());
  const words = /Léa.*A newer message has come in: look at it first\.$/;
  await screen.findByText(words);
  await act(async () => opened());
  screen.getByText(words);
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
});

it('M-7 M-8 undo gives back that it was unread', async () => {
  const said: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method !== 'PATCH') return Response.json({ rows: [], next: null, to_answer: 0 });
    said.push(await request.json());
    return new Response(null, { status: 204 });
  });
  const { container } = render(
    <QueryClientProvider client={asking()}>
      <Tooltip.Provider>
        <Away />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  act(() => container.querySelector('button')!.click());
  const undo = await screen.findByRole('button', { name: 'Undo' });
  act(() => undo.click());
  await waitFor(() =>
    expect(said).toEqual([{ done: true, seen: 4 }, { done: false }, { unread: true }]),
  );
});

function Answered() {
  const answered = useAnswered();
  return <button type="button" onClick={() => answered(row as ThreadRow)} />;
}

it.each([
  { after: 'next', list: 'to_answer', turn: 'waiting', opens: 'b' },
  { after: 'list', list: 'to_answer', turn: 'waiting', opens: 'the list' },
  { after: 'stay', list: 'to_answer', turn: 'waiting', opens: 'nothing' },
  { after: 'next', list: 'waiting', turn: 'waiting', opens: 'nothing' }, // it is still one of these
  { after: 'next', list: undefined, turn: 'waiting', opens: 'nothing' }, // no list to work through
  { after: 'next', list: undefined, turn: 'done', opens: 'nothing' }, // it was done, and still is
  { after: 'next', list: 'done', turn: 'waiting', opens: 'nothing' }, // it wasn’t one of these
  { after: 'next', list: 'to_answer', turn: null, opens: 'nothing' }, // nor is it mine
] as const)('M-8 answered in $list, $after: $opens opens', async ({ after, list, turn, opens }) => {
  const open = vi.fn(async () => {});
  const beside: Beside = { turn: list, row: () => undefined, next: () => 'b', open };
  const queries = asking(after);
  queries.setQueryData(keys.thread('a'), { ...row, triage: turn });
  const { container } = render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <BesideList.Provider value={beside}>
          <Answered />
        </BesideList.Provider>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await act(async () => container.querySelector('button')!.click());
  if (opens === 'nothing') return expect(open).not.toHaveBeenCalled();
  expect(open.mock.calls).toEqual([[opens === 'b' ? 'b' : undefined]]);
  // And back to it.
  act(() => screen.getByRole('button', { name: 'Show' }).click());
  expect(open).toHaveBeenLastCalledWith('a');
});

it.each([
  ['next', 'b'],
  ['list', undefined],
] as const)('M-8 put away, %s: %s opens', async (after, opens) => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
  const open = vi.fn(async () => {});
  const { container } = render(
    <QueryClientProvider client={asking(after)}>
      <BesideList.Provider
        value={{ turn: 'to_answer', row: () => undefined, next: () => 'b', open }}
      >
        <Away />
      </BesideList.Provider>
    </QueryClientProvider>,
  );
  await act(async () => container.querySelector('button')!.click());
  expect(open.mock.calls).toEqual([[opens]]);
});

function Rows({ away }: { away: boolean }) {
  const putAway = usePutAway();
  return (
    <ul id="list">
      {!away && (
        <li data-id="a">
          <a href="/a">a</a>
        </li>
      )}
      <li data-id="b">
        <a href="/b">b</a>
      </li>
      <button type="button" onClick={() => putAway(row as ThreadRow, false)} />
    </ul>
  );
}

it('M-8 whoever takes back what they put away stands on its row again, unless they have gone on', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
  const shown = (away: boolean) => (
    <QueryClientProvider client={asking()}>
      <Tooltip.Provider>
        <Rows away={away} />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>
  );
  const end = listenToKeys();
  const { container, rerender } = render(shown(false));
  const link = (id: string) => container.querySelector<HTMLElement>(`[data-id=${id}] a`)!;
  const takeBack = () =>
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'z', bubbles: true }),
    );
  await act(async () => container.querySelector('button')!.click());
  rerender(shown(true));
  link('b').focus();
  act(() => void takeBack());
  rerender(shown(false));
  await waitFor(() => expect(document.activeElement).toBe(link('a')));
  end();
});

it('M-8 whoever is on the way to another page isn’t taken elsewhere', async () => {
  const open = vi.fn(async () => {});
  const queries = asking();
  queries.setQueryData(keys.thread('a'), { ...row, triage: 'waiting' });
  const { container } = render(
    <QueryClientProvider client={queries}>
      <BesideList.Provider
        value={{ turn: 'to_answer', row: () => undefined, next: () => 'b', open }}
      >
        <Answered />
      </BesideList.Provider>
    </QueryClientProvider>,
  );
  going.pathname = '/jobs';
  await act(async () => container.querySelector('button')!.click());
  expect(open).not.toHaveBeenCalled();
});
