import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { readDraft } from '../composer/drafts';
import { Notices } from '../ui/notice';
import { candidateOf } from './candidate.fixtures';
import { Profile } from './profile';

const candidate = (id: string) =>
  candidateOf(id, {
    addresses: [{ address: `${id}@home.example`, synced: true, why_not: '', since: '' }],
  });
const ME = {
  ...{ id: 'ada', name: 'Ada', email: 'ada@n.example', role: 'admin', all_jobs: true },
  ...{ language: 'en', time_zone: 'UTC', active: true },
};

let queries: QueryClient;
let whole: Record<string, string>; // who has become part of whom
beforeEach(() => {
  whole = {};
  vi.spyOn(window, 'scrollTo').mockImplementation(() => {}); // which jsdom lacks
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: ME, company: { id: 'n', name: 'N' } });
  const box = { id: 'box', address: 'ada@n.example', address_proof: 'sign_in', state: 'active' };
  queries.setQueryData(keys.mailboxes, [box]);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { pathname } = new URL((input as Request).url);
    const [, id] = /\/candidates\/([^/]+)$/.exec(pathname) ?? [];
    if (id) return Response.json(candidate(whole[id] ?? id));
    const timeline = { messages: [], moves: [], jobs: [], addresses: [], merges: [], older: null };
    return Response.json({ rows: [], next: null, search: null, ...timeline });
  });
});

async function open(address: string) {
  const root = createRootRoute();
  const app = createRoute({ getParentRoute: () => root, id: 'app' });
  const list = createRoute({ getParentRoute: () => app, path: '/candidates' });
  const one = createRoute({
    getParentRoute: () => list,
    path: '$candidateId',
    component: Profile,
  });
  const router = createRouter({
    routeTree: root.addChildren([app.addChildren([list.addChildren([one])])]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <main id="main" tabIndex={-1}>
          <RouterProvider router={router as never} />
        </main>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return router;
}
const subject = () => screen.findByLabelText<HTMLInputElement>('Subject');

it('O-5 what is being written to a candidate goes along when a colleague merges them', async () => {
  const router = await open('/candidates/lea?compose=true');
  await userEvent.type(await subject(), 'An offer');
  whole = { lea: 'mara' };
  await act(() => queries.invalidateQueries({ queryKey: keys.candidate('lea') }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/candidates/mara'));
  await waitFor(async () => expect((await subject()).value).toBe('An offer'));
  expect(readDraft('ada', 'candidate:lea')).toBeUndefined();
  expect(readDraft('ada', 'candidate:mara')?.subject).toBe('An offer');
});

it('a discarding that is taken back on another one’s page leads to whom it was written to', async () => {
  const router = await open('/candidates/lea?compose=true');
  await userEvent.type(await subject(), 'An offer');
  await userEvent.click(screen.getByRole('button', { name: 'Discard the draft' }));
  await act(() => router.navigate({ to: '/candidates/mara' as never }));
  await screen.findByRole('heading', { name: 'mara' });
  await userEvent.click(await screen.findByRole('button', { name: /Undo/ }));
  await waitFor(() => expect(router.state.location.href).toBe('/candidates/lea?compose=true'));
  expect((await subject()).value).toBe('An offer');
});

it('W-1 a new message that was left is told of where its composer was, and opened there', async () => {
  const router = await open('/candidates/lea?compose=true');
  await userEvent.type(await subject(), 'An offer{Escape}');
  await waitFor(() => expect(router.state.location.href).toBe('/candidates/lea'));
  const lies = await screen.findByRole('button', { name: /Draft.*An offer/ });
  await userEvent.click(screen.getByRole('button', { name: 'Discard the draft' }));
  expect(lies.isConnected).toBe(false);
  expect(readDraft('ada', 'candidate:lea')).toBeUndefined();
  expect(document.activeElement?.id).toBe('main'); // nobody’s key is lost
  await userEvent.click(await screen.findByRole('button', { name: /Undo/ }));
  await userEvent.click(await screen.findByRole('button', { name: /Draft.*An offer/ }));
  expect((await subject()).value).toBe('An offer');
  expect(screen.queryByRole('button', { name: /Draft.*An offer/ })).toBeNull();
});
