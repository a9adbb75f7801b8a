import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { countDrafts } from '../composer/drafts';
import { Access } from '../settings/access';
import { forgetUser } from './leaving';

let ended: string[];
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  ended = [];
  answer = () => new Response(null, { status: 204 });
  localStorage.clear();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.method === 'DELETE') {
      ended.push(new URL(request.url).pathname);
      return answer();
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
  return queries;
}

/** Pressed, and not answered until that is called. */
async function leaveSlowly() {
  let come: (response: Response) => void = () => {};
  answer = () =>
    new Promise<Response>((resolve) => {
      come = resolve;
    });
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(ended).toHaveLength(1));
  return (response: Response) => act(async () => come(response));
}

it('leaves once, however often it is asked', async () => {
  show();
  const come = await leaveSlowly();
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  expect(ended).toHaveLength(1);
  await come(new Response(null, { status: 500 }));
  answer = () => new Response(null, { status: 500 });
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(ended).toHaveLength(2)); // it failed: once more
});

it.each([204, 401, 500])('takes nothing of who is in by then (%i)', async (status) => {
  const queries = show();
  const come = await leaveSlowly();
  forgetUser(queries); // signed out in another tab
  queries.setQueryData(keys.me, { user: { id: 'bob', name: 'Bob' } });
  localStorage.setItem('hearback.draft.bob.thread:t1', JSON.stringify({ html: '<p>Dear</p>' }));
  await come(
    status === 204
      ? new Response(null, { status })
      : Response.json({ type: 'x', title: 'x', status, code: 'x' }, { status }),
  );
  expect(countDrafts()).toBe(1);
  expect(queries.getQueryData(keys.me)).toMatchObject({ user: { id: 'bob' } });
});

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
