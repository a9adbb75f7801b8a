import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { countDrafts } from '../composer/drafts';
import { Access } from '../settings/access';

let ended: string[];

beforeEach(() => {
  ended = [];
  localStorage.clear();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'DELETE') {
      ended.push(new URL(request.url).pathname);
      return new Response(null, { status: 204 });
    }
    return Response.json({ rows: [] });
  });
});

function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(keys.me, { user: { id: 'anna', name: 'Anna' }, company: { id: 'n' } });
  const session = { device: 'Firefox', created: '2026-11-01T08:00:00Z', last_used: null };
  queries.setQueryData(keys.sessions, [
    { ...session, id: 's1', this: true },
    { ...session, id: 's2', this: false },
  ]);
  const router = createRouter({ routeTree: createRootRoute() });
  render(
    <QueryClientProvider client={queries}>
      <RouterContextProvider router={router}>
        <Tooltip.Provider>
          <Access />
        </Tooltip.Provider>
      </RouterContextProvider>
    </QueryClientProvider>,
  );
}

it('W-5 who signs out in the settings is asked about their drafts, too', async () => {
  localStorage.setItem('hearback.draft.anna.thread:t1', JSON.stringify({ html: '<p>Dear</p>' }));
  expect(countDrafts()).toBe(1);
  show();
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await screen.findByRole('alertdialog', { name: /1 unsent draft/ });
  expect(ended).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(ended).toHaveLength(1));
  expect(ended[0]).toMatch(/\/session$/);
  await waitFor(() => expect(countDrafts()).toBe(0));
});
