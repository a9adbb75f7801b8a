import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { switchLanguage } from '../i18n';
import { Notices } from '../ui/notice';
import { NeverSynced } from './never-synced';
import { addWords } from './words';

let entries: string[];
let asked: unknown[];
let refusal: (() => Response) | undefined;

beforeEach(async () => {
  await switchLanguage('en');
  await addWords();
  entries = ['clinic.example', 'law@firm.example'];
  asked = [];
  refusal = undefined;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (refusal) return refusal();
    if (request.method === 'PATCH') {
      const body = JSON.parse(await request.text()) as { add?: string[]; remove?: string[] };
      asked.push(body);
      entries = entries.filter((one) => !body.remove?.includes(one)).concat(body.add ?? []);
    }
    return Response.json({ rows: entries.map((entry) => ({ entry })) });
  });
});

function show() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <NeverSynced mailbox="box" />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
}
const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ status, code, title: code }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

describe('C-14 with whom mail is never synced', () => {
  it('lists, adds and takes off, which can be undone', async () => {
    const user = userEvent.setup();
    show();
    expect(await screen.findByText('Everybody at clinic.example')).toBeTruthy();
    expect(screen.getByText(/imported before stays/)).toBeTruthy();
    await user.type(screen.getByLabelText('Person or domain'), ' dr@home.example {Enter}');
    expect(await screen.findByText('dr@home.example')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>('Person or domain').value).toBe('');
    await user.click(screen.getByRole('button', { name: 'Sync law@firm.example again' }));
    await waitFor(() => expect(screen.queryByText('law@firm.example')).toBeNull());
    await user.click(screen.getByRole('button', { name: /Undo/ }));
    expect(await screen.findByText('law@firm.example')).toBeTruthy();
    expect(asked).toEqual([
      { add: ['dr@home.example'] },
      { remove: ['law@firm.example'] },
      { add: ['law@firm.example'] },
    ]);
  });

  it('says in words what can’t be named', async () => {
    const user = userEvent.setup();
    show();
    const field = await screen.findByLabelText('Person or domain');
    refusal = () => problem(422, 'mailbox.never-synced-entry');
    await user.type(field, 'Jane Doe{Enter}');
    expect(await screen.findByText('Neither an e-mail address nor a domain.')).toBeTruthy();
    expect(field.getAttribute('aria-invalid')).toBe('true');
  });

  it('is shown to nobody whose mailbox it isn’t', async () => {
    refusal = () => problem(404, 'mailbox.missing');
    show();
    await waitFor(() => expect(screen.queryByText('Never synced from this mailbox')).toBeNull());
  });
});
