import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { touch } from '../api/events';
import { keys, type Mailbox } from '../api/queries';
import { Disconnect } from './disconnect';
import { Folders } from './mailbox-lists';

const navigate = vi.hoisted(() => vi.fn(async () => {}));
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => navigate }));

const mailbox = { id: 'box', address: 'anna@n.example' } as Mailbox;
let queries: QueryClient;
let asked: string[];
let removal: () => Promise<Response>;

beforeEach(() => {
  asked = [];
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    asked.push(`${request.method} ${new URL(request.url).pathname.replace(/.*v1/, '')}`);
    if (request.method === 'DELETE') return removal();
    return new Response('{"rows":[]}', { headers: { 'Content-Type': 'application/json' } });
  });
});

async function disconnect() {
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <Folders mailbox="box" />
        <Disconnect mailbox={mailbox} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await waitFor(() => expect(queries.getQueryData(keys.folders('box'))).toEqual([]));
  expect(asked).toEqual(['GET /mailboxes/box/folders']);
  await userEvent.click(screen.getByRole('button', { name: 'Disconnect this mailbox' }));
  const dialog = await screen.findByRole('alertdialog');
  await userEvent.click([...dialog.querySelectorAll('button')].at(-1)!);
}

describe('disconnecting a mailbox', () => {
  it('asks for nothing of it any more, whatever the events say', async () => {
    removal = async () => {
      touch(queries, { kind: 'mailbox', id: 'box', candidate: '' }); // the event outruns the answer
      return new Response(null, { status: 204 });
    };
    await disconnect();
    await waitFor(() => expect(navigate).toHaveBeenCalled());
    touch(queries, { kind: 'mailbox', id: 'box', candidate: '' });
    await waitFor(() => expect(queries.isFetching()).toBe(0));
    expect(asked).toEqual(['GET /mailboxes/box/folders', 'DELETE /mailboxes/box']);
  });
  it('goes on as before when it fails', async () => {
    removal = async () => new Response('{}', { status: 503 });
    await disconnect();
    await waitFor(() => expect(asked.at(-1)).toBe('GET /mailboxes/box/folders'));
    expect(asked).toContain('DELETE /mailboxes/box');
  });
});
