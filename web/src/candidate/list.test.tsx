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
let asked: URLSearchParams; // by whom the list was asked for last
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
    if (pathname.endsWith('/stages'))
      return Response.json({
        phases: [
          { id: 'p1', name: 'Review', candidates: 1200 },
          { id: 'p2', name: 'Interview', candidates: 3 },
        ],
        statuses: [{ id: 's1', name: 'New', candidates: 1203 }],
      });
    const welder = { id: 'j1', title: 'Welder', open: true };
    if (pathname.endsWith('/jobs')) return Response.json({ rows: [welder], next: null });
    if (pathname.endsWith('/jobs/j1')) return Response.json(welder);
    if (pathname.endsWith('/candidates')) asked = searchParams;
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

it('O-5 a job’s candidates are listed by phase and by status, each with its count', async () => {
  const router = await show('/candidates?job=j1');
  const phase = (await screen.findByLabelText('Phase')) as HTMLSelectElement;
  await waitFor(() =>
    expect([...phase.options].map((one) => one.text)).toEqual([
      'All phases',
      'Review (1,200)',
      'Interview (3)',
    ]),
  );
  fireEvent.change(phase, { target: { value: 'p2' } });
  await waitFor(() => expect(router.state.location.search).toEqual({ job: 'j1', phase: 'p2' }));
  fireEvent.change(screen.getByLabelText('Status'), { target: { value: 's1' } });
  await waitFor(() =>
    expect(router.state.location.search).toEqual({ job: 'j1', phase: 'p2', status: 's1' }),
  );
  await waitFor(() => expect(asked.get('phase')).toBe('p2'));
  expect(asked.get('status')).toBe('s1');
  fireEvent.change(phase, { target: { value: '' } });
  await waitFor(() => expect(router.state.location.search).toEqual({ job: 'j1', status: 's1' }));
});

it('O-5 a phase goes with its job alone, and one that is gone is said to be', async () => {
  const router = await show('/candidates?job=j1&phase=p9');
  await waitFor(() =>
    expect((screen.getByLabelText('Phase') as HTMLSelectElement).selectedOptions[0]?.text).toBe(
      'No longer in this job',
    ),
  );
  fireEvent.change(screen.getByLabelText('Only of this job'), { target: { value: '' } });
  await waitFor(() => expect(router.state.location.search).toEqual({}));
  expect(screen.queryByLabelText('Phase')).toBeNull();
});
