import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Notices } from '../ui/notice';
import { AddToCandidate } from './adding-to';

vi.mock('@tanstack/react-router', () => ({ useNavigate: () => () => {} }));

let keys: (string | null)[];
let answer: () => Response;
beforeEach(() => {
  keys = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET') {
      const rows = ['mara', 'lind'].map((id) => ({
        id,
        name: id,
        addresses: [],
        applications: [],
      }));
      return Response.json({ rows, next: null });
    }
    keys.push(request.headers.get('Idempotency-Key'));
    return answer();
  });
});

const choose = async (name: string, times: number) => {
  await userEvent.click(await screen.findByRole('option', { name: new RegExp(name) }));
  await waitFor(() => expect(keys).toHaveLength(times));
  await screen.findByRole('alert');
};

describe('M-3 adding an exchange to a candidate', () => {
  it('is asked once more under its own key, whatever came of it and of others', async () => {
    const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    render(
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <AddToCandidate exchange={{ thread: 't', name: '', address: 'pat' }} onClose={() => {}} />
        </Tooltip.Provider>
      </QueryClientProvider>,
    );
    const lost = () => {
      throw new TypeError('network');
    };
    answer = lost;
    await choose('mara', 1);
    answer = () =>
      Response.json(
        { type: 'about:blank', title: 'x', status: 409, code: 'merge.too-large' },
        { status: 409 },
      );
    await choose('mara', 2);
    await choose('mara', 3);
    await choose('lind', 4);
    answer = lost;
    await choose('lind', 5);
    await choose('mara', 6);
    const [mara, , , lind] = keys;
    expect(mara).not.toBe(lind);
    expect(keys).toEqual([mara, mara, mara, lind, lind, mara]);
  });
  it('is said, with undo, once it is done by the keyboard', async () => {
    answer = () => new Response(null, { status: 204 });
    const onClose = vi.fn();
    render(
      <QueryClientProvider client={new QueryClient()}>
        <Tooltip.Provider>
          <AddToCandidate exchange={{ thread: 't', name: '', address: 'pat' }} onClose={onClose} />
          <Notices />
        </Tooltip.Provider>
      </QueryClientProvider>,
    );
    await screen.findByRole('option', { name: /mara/ });
    await userEvent.type(screen.getByRole('combobox'), 'mara');
    await userEvent.keyboard('{Enter}');
    await screen.findByText('The exchange is with mara now.');
    expect(screen.getByRole('button', { name: /Undo/, hidden: true })).toBeTruthy();
    expect(onClose).toHaveBeenCalledOnce();
  });
});
