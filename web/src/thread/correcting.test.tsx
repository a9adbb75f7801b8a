import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { Notices } from '../ui/notice';
import { CorrectingDialog, InConversation } from './correcting';

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
