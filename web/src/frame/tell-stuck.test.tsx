import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { type OutboxMessage, outboxQuery } from '../api/queries';
import { forgetNotices, Notices } from '../ui/notice';
import { StuckMark, StuckSince } from './stuck';
import { TellStuck } from './tell-stuck';

const router = vi.hoisted(() => ({
  navigate: vi.fn(),
  history: { location: { pathname: '/inbox' } },
}));
vi.mock('@tanstack/react-router', async (original) => ({
  ...(await original<object>()),
  useRouter: () => router,
}));

const row = (id: string, state: OutboxMessage['state'] = 'failed') =>
  ({ id, state, thread: `t-${id}`, candidate: 'jane', why: 'smtp.rejected' }) as OutboxMessage;
const page = (rows: OutboxMessage[], before: OutboxMessage[] = []) => (
  <Tooltip.Provider>
    <TellStuck rows={rows} before={before} />
    <Notices />
  </Tooltip.Provider>
);

beforeEach(() => {
  forgetNotices();
  router.navigate.mockReset();
  router.history.location.pathname = '/inbox';
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ candidate_name: 'Jane Doe', messages: [] }),
  );
});

it('REL3 says wherever I am that what I wrote wasn’t sent, until it is seen to', async () => {
  const { rerender } = render(page([row('a')], [row('a')]));
  rerender(page([row('a'), row('b')]));
  const said = await screen.findByText(/^Not sent to Jane Doe\./);
  await userEvent.click(screen.getByRole('button', { name: 'Show' }));
  expect(router.navigate).toHaveBeenCalledWith({
    to: '/candidates/$candidateId/threads/$threadId',
    params: { candidateId: 'jane', threadId: 't-b' },
  });
  // Tried again, and again in vain.
  rerender(page([row('a')]));
  rerender(page([row('a'), row('b')]));
  await screen.findByText(/^Not sent to Jane Doe\./);
  rerender(page([row('a')]));
  await waitFor(() => expect(screen.queryByText(/^Not sent to Jane Doe/)).toBeNull());
  expect(said.isConnected).toBe(false);
});

it('REL3 says nothing of what was there before, nor of what is in view', async () => {
  router.history.location.pathname = '/candidates/jane/threads/t-b';
  const { rerender } = render(page([row('a')], [row('a')]));
  rerender(page([row('a'), row('b'), row('c', 'uncertain')]));
  await screen.findByText('Jane Doe · We can’t tell whether this was sent');
  expect(screen.queryByText(/^Not sent to/)).toBeNull();
  expect(fetch).toHaveBeenCalledOnce();
});

it('REL3 leads to where a letter to no candidate lies', async () => {
  vi.mocked(fetch).mockImplementation(async () =>
    Response.json({ candidate_name: 'x@y.example', non_candidate: {}, messages: [] }),
  );
  render(page([row('a')]));
  await userEvent.click(await screen.findByRole('button', { name: 'Show' }));
  expect(router.navigate).toHaveBeenCalledWith({
    to: '/non-candidates/$threadId',
    params: { threadId: 't-a' },
  });
});

it('REL3 says it anew where it isn’t known any more whether it went', async () => {
  const { rerender } = render(page([row('a')]));
  await screen.findByText(/^Not sent to Jane Doe\./);
  rerender(page([row('a', 'uncertain')]));
  await screen.findByText(/^Jane Doe · We can’t tell/);
  expect(screen.queryByText(/^Not sent to/)).toBeNull();
});

it('REL3 takes it back once the last of them is seen to', async () => {
  const queries = new QueryClient();
  const known = (...rows: OutboxMessage[]) =>
    queries.setQueryData(outboxQuery.queryKey, { rows, next: null });
  queries.setQueryDefaults(outboxQuery.queryKey, { staleTime: Number.POSITIVE_INFINITY });
  known(row('a', 'sending'));
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <StuckSince />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  act(() => known(row('a')));
  await screen.findByText(/^Not sent to Jane Doe\./);
  act(() => known(row('a', 'queued')));
  await waitFor(() => expect(screen.queryByText(/^Not sent to/)).toBeNull());
});

it('REL3 what may have gone out isn’t counted as unsent', () => {
  const words = (...rows: OutboxMessage[]) => {
    const { container, unmount } = render(<StuckMark rows={rows} />);
    const said = container.querySelector('.sr')!.textContent;
    unmount();
    return said;
  };
  expect(words(row('a'))).toBe('Not sent: 1');
  expect(words(row('a', 'uncertain'))).toBe('We can’t tell whether this was sent: 1');
  expect(words(row('a'), row('b', 'uncertain'), row('c'))).toBe(
    'Not sent: 2, We can’t tell whether this was sent: 1',
  );
});
