import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { Menu } from '../ui/menu';
import { Notices } from '../ui/notice';
import { CorrectingDialog, CorrectingItems, InConversation } from './correcting';

it('T-5 what was moved can be taken back at once, whatever it is called there by then', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: { id: 'anna', role: 'admin', time_zone: 'UTC' } });
  let tell = (_thread: Response) => {};
  const there = new Promise<Response>((resolve) => {
    tell = resolve;
  });
  const row = {
    id: 't2',
    kind: 'conversation',
    subject: 'Second',
    last_at: '2026-01-01T00:00:00Z',
  };
  const calls: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const { pathname } = new URL(url);
    calls.push(`${method} ${pathname}`);
    if (pathname.endsWith('/threads/t2')) return there;
    if (method === 'POST') return Response.json({ id: 'c1', thread: 't2' }, { status: 201 });
    if (method === 'DELETE') return new Response(null, { status: 204 });
    return Response.json({ rows: [row], next: null });
  });
  const closed = vi.fn();
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <InConversation.Provider
          value={{
            id: 't1',
            candidate: 'lea',
            candidate_name: 'Léa',
            kind: 'conversation',
            count: 2,
          }}
        >
          <CorrectingDialog part="message" message="m1" onClose={closed} />
        </InConversation.Provider>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByText('Second'));
  await screen.findByText(/Second”/);
  expect(closed).toHaveBeenCalledOnce();
  tell(Response.json({ id: 't2', subject: 'First', messages: [] }));
  await screen.findByText(/First”/);
  expect(screen.queryByText(/Second”/)).toBeNull();
  fireEvent.click(screen.getByText('Undo')); // (the dialog is the test's to close)
  await vi.waitFor(() => expect(calls).toContain('DELETE /api/v1/corrections/c1'));
});

function Message() {
  const [part, ask] = useState<'message' | 'whole'>();
  return (
    <>
      <Menu trigger={<button type="button">More</button>}>
        <CorrectingItems message="m1" row="r1" onAsk={ask} />
      </Menu>
      <CorrectingDialog part={part} message="m1" onClose={() => ask(undefined)} />
    </>
  );
}

it('T-5 whoever asks to move it types at once to which, and the arrows and Enter choose among what fits', async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: { id: 'anna', role: 'admin', time_zone: 'UTC' } });
  const row = { kind: 'conversation', last_at: '2026-01-01T00:00:00Z' };
  const rows = ['Offer', 'Start', 'Starting again'].map((subject) => ({
    ...{ ...row, id: subject, subject },
  }));
  const asked: unknown[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method !== 'POST') return Response.json({ rows, next: null, messages: [] });
    asked.push(await request.json());
    return Response.json({ id: 'c1', thread: 't2' }, { status: 201 });
  });
  const of = { id: 't1', candidate: 'lea', candidate_name: 'Léa', kind: 'conversation' } as const;
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <InConversation.Provider value={{ ...of, count: 1 }}>
          <Message />
        </InConversation.Provider>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByText('More'));
  await userEvent.click(await screen.findByText('Move to another conversation…'));
  const field = await screen.findByLabelText('Part of the subject');
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
  await userEvent.keyboard('start');
  expect(screen.getAllByRole('option').map((one) => one.dataset.id)).toEqual([
    'Start',
    'Starting again',
  ]);
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}{Enter}');
  await vi.waitFor(() =>
    expect(asked).toEqual([{ part: 'message', message: 'm1', into: 'Starting again' }]),
  );
});

describe('T-5 a message’s menu offers what can be done', () => {
  const of = { id: 't1', candidate: 'lea', candidate_name: 'Léa', kind: 'conversation' } as const;
  const other = { id: 't2', kind: 'conversation', subject: 'Second' };
  const MOVES = ['Move to another conversation…', 'Merge with another conversation…'];
  const SPLITS = ['Split from here on', 'Split off this message alone'];
  const offered = async (
    answer: () => Response,
    conversation: { count: number; first?: string },
  ) => {
    const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    queries.setQueryData(keys.me, { user: { id: 'anna', role: 'admin', time_zone: 'UTC' } });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer());
    render(
      <QueryClientProvider client={queries}>
        <InConversation.Provider value={{ ...of, ...conversation }}>
          <Menu trigger={<button type="button">More</button>}>
            <CorrectingItems message="m1" row="r1" onAsk={() => {}} />
          </Menu>
        </InConversation.Provider>
      </QueryClientProvider>,
    );
    await userEvent.click(screen.getByText('More'));
    await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
    return screen.queryAllByRole('menuitem').map((one) => one.textContent);
  };
  const lists =
    (...rows: object[]) =>
    () =>
      Response.json({ rows, next: null });
  it.each([
    ['one of one', lists({ ...of }), { count: 1, first: 'r1' }, []],
    ['one of several', lists({ ...of }), { count: 2, first: 'r0' }, SPLITS],
    ['the first, without which nothing is left', lists(), { count: 2, first: 'r1' }, [SPLITS[1]]],
    ['where there is another', lists({ ...of }, other), { count: 1, first: 'r1' }, MOVES],
    ['where both are', lists(other), { count: 2 }, [...SPLITS, ...MOVES]],
    [
      'where the other is among colleagues',
      lists({ ...other, kind: 'internal_forward' }),
      { count: 1, first: 'r1' },
      [],
    ],
    [
      'where nobody knows: the dialog says so',
      () => Response.json({}, { status: 500 }),
      { count: 1, first: 'r1' },
      MOVES,
    ],
  ] as const)('%s', async (_what, answer, conversation, wanted) => {
    expect(await offered(answer, conversation)).toEqual(wanted);
  });
});
