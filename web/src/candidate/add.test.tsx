import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { forgetSession } from '../setup/leaving';
import { Notices } from '../ui/notice';
import { AddCandidate } from './add';

const navigate = vi.hoisted(() => vi.fn());
vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => navigate,
  useSearch: () => ({}),
  Link: 'a',
}));

let queries: QueryClient;
let sent: { key: string | null; body: { confirmed: boolean } }[];
let answer: () => Response | Promise<Response>;
const made = () => Response.json({ id: 'bob', name: 'Bob' }, { status: 201 });
const shared = () =>
  Response.json(
    {
      type: 'about:blank',
      title: 'x',
      status: 409,
      code: 'candidate.address-shared',
      candidates: [{ id: 'lea', name: 'Lea', address: 'family@home.example' }],
    },
    { status: 409 },
  );
const lost = () => {
  throw new TypeError('network');
};
beforeEach(() => {
  sent = [];
  answer = made;
  navigate.mockClear();
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData([...keys.jobs, 'page', { open: true }], { rows: [], next: null });
  queries.setQueryData(keys.me, { user: { id: 'ada', role: 'admin' } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET') return Response.json({ rows: [], exchange: null, next: null });
    sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.json() });
    return answer();
  });
});

async function fill() {
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <AddCandidate onClose={() => {}} />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await userEvent.type(screen.getByLabelText('Name'), 'Bob');
}
async function press(name: string, times: number) {
  await userEvent.click(screen.getByRole('button', { name }));
  await waitFor(() => expect(sent).toHaveLength(times));
}
function later() {
  let come: (response: Response) => void = () => {};
  answer = () =>
    new Promise((resolve) => {
      come = resolve;
    });
  return (response: Response) => act(async () => come(response));
}

it('adds once what is asked for once more after its answer got lost', async () => {
  await fill();
  answer = lost;
  await press('Add candidate', 1);
  await screen.findByRole('alert');
  answer = shared;
  await press('Add candidate', 2);
  const anyway = 'Add anyway';
  await screen.findByRole('button', { name: anyway });
  answer = lost;
  await press(anyway, 3);
  await screen.findByRole('alert');
  answer = shared;
  await press('Add candidate', 4);
  await screen.findByRole('button', { name: anyway });
  answer = made;
  await press(anyway, 5);
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
  expect(sent.map((one) => one.body.confirmed)).toEqual([false, false, true, false, true]);
  expect(sent[4]!.key).toBe(sent[2]!.key);
  expect(sent[1]!.key).toBe(sent[0]!.key);
  expect(new Set(sent.map((one) => one.key)).size).toBe(2);
});

it('leads nobody away who has closed it meanwhile', async () => {
  await fill();
  const come = later();
  await press('Add candidate', 1);
  cleanup();
  await come(made());
  await waitFor(() => expect(queries.getQueryData(keys.candidate('bob'))).toBeTruthy());
  expect(navigate).not.toHaveBeenCalled();
});

it('shows nothing of it to who is in by then', async () => {
  await fill();
  const come = later();
  await press('Add candidate', 1);
  forgetSession(queries);
  await come(made());
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(queries.getQueryData(keys.candidate('bob'))).toBeUndefined();
  expect(navigate).not.toHaveBeenCalled();
  expect(screen.queryByText(/Bob/)).toBeNull();
});

it('O-5 a double press adds once, and says so once', async () => {
  await fill();
  const button = screen.getByRole('button', { name: 'Add candidate' });
  act(() => {
    fireEvent.submit(button.closest('form')!);
    fireEvent.submit(button.closest('form')!);
  });
  await screen.findByText('Bob has been added');
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(sent).toHaveLength(1);
  expect(screen.getAllByText('Bob has been added')).toHaveLength(1);
});

it('O-5 after a refusal it is tried again', async () => {
  await fill();
  answer = lost;
  await press('Add candidate', 1);
  await screen.findByRole('alert');
  answer = made;
  await press('Add candidate', 2);
});
