import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { candidateOf } from './candidate.fixtures';
import { CandidateList } from './list';

const row = (id: string) => ({
  ...{ id, external_id: null, name: id, addresses: [`${id}@home.example`] },
  ...{ applications: [], last_at: null },
});
const first = Array.from({ length: 50 }, (_, at) => row(`Anna ${at}`));

let queries: QueryClient;
let more: string | null;
beforeEach(() => {
  more = 'further';
  vi.spyOn(window, 'scrollTo').mockImplementation(() => {}); // which jsdom lacks
  // There is no layout here: the list is 800 px high.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800);
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', role: 'evaluator', time_zone: 'UTC' } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { pathname, searchParams } = new URL((input as Request).url);
    const [, id] = /\/candidates\/([^/]+)$/.exec(pathname) ?? [];
    if (id) return Response.json(candidateOf(decodeURIComponent(id)));
    if (!pathname.endsWith('/candidates')) return Response.json({ rows: [], next: null });
    if (searchParams.get('q')) return Response.json({ rows: [row('Anna 7')], next: null });
    return Response.json({ rows: first, next: more });
  });
});

async function show(address: string) {
  const root = createRootRoute();
  const app = createRoute({ getParentRoute: () => root, id: 'app' });
  const list = createRoute({
    getParentRoute: () => app,
    path: '/candidates',
    component: CandidateList,
  });
  const one = createRoute({ getParentRoute: () => list, path: '$candidateId' });
  const router = createRouter({
    routeTree: root.addChildren([app.addChildren([list.addChildren([one])])]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await screen.findByText('Anna 0');
  return router;
}
const marked = () => document.querySelector('.thread-row[aria-current]')?.textContent;
const zoe = { to: '/candidates/$candidateId', params: { candidateId: 'Zoe' }, search: {} } as never;

it('M-7 whoever is open stands in the list, though their page is still far', async () => {
  const router = await show('/candidates');
  await act(() => router.navigate(zoe));
  await waitFor(() => expect(marked()).toContain('Zoe'));
  expect(document.querySelector('[data-row="0"]')?.textContent).toContain('Zoe');
});

it('M-7 whoever isn’t among all of them doesn’t stand there', async () => {
  more = null;
  const router = await show('/candidates');
  await act(() => router.navigate(zoe));
  await waitFor(() => expect(queries.getQueryData(keys.candidate('Zoe'))).toBeDefined());
  expect(screen.queryByText('Zoe')).toBeNull();
});

it('M-7 whoever goes to a person by another way sees all again, and them among these', async () => {
  const router = await show('/candidates');
  fireEvent.change(screen.getByLabelText('Name or address'), { target: { value: 'seven' } });
  await waitFor(() => expect(router.state.location.search).toEqual({ q: 'seven' }));
  await waitFor(() => expect(screen.queryByText('Anna 0')).toBeNull());
  await act(() => router.navigate(zoe)); // as the palette does
  await waitFor(() => expect(marked()).toContain('Zoe'));
  expect(screen.getByLabelText<HTMLInputElement>('Name or address').value).toBe('');
  await new Promise((settled) => setTimeout(settled, 300)); // what was typed is asked for by then
  expect(router.state.location.search).toEqual({});
});
