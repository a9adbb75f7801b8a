import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeAll, expect, it, vi } from 'vitest';
import { AddEmail } from './add-email';
import { addWords } from './words';

vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => async () => {},
  Link: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));

beforeAll(addWords);

it('C-3 what a server said goes once something else is wrong', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json(
      {
        type: 'about:blank',
        title: 'x',
        status: 422,
        code: 'mailbox.probe-failed',
        imap: { code: 'imap.login-refused', what: 'x', hint: 'x' },
        smtp: null,
      },
      { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
    ),
  );
  const { container } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Tooltip.Provider>
        <AddEmail />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: /^Other/ }));
  const fill = (name: string, value: string) =>
    fireEvent.change(container.querySelector(`[data-fault="${name}"]`)!, { target: { value } });
  fill('address', 'ada@x.example');
  fill('password', 'wrong');
  fill('imap.host', 'mail.x.example');
  fill('smtp.host', 'mail.x.example');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  await screen.findByText('The mailbox could not be connected');
  fill('imap.port', 'none');
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  screen.getByText('A port is a number from 1 to 65535.');
  expect(screen.queryByText('The mailbox could not be connected')).toBeNull();
});

function opened(offers: Record<string, string>, mailboxes: unknown[] = []) {
  const sent: unknown[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const domain = new URL(request.url).searchParams.get('domain');
    if (domain !== null) {
      const host = offers[domain];
      const server = { host, port: 993, security: 'tls' };
      const row = { owner_name: 'Ada Moreau', imap: server, smtp: { ...server, port: 465 } };
      return Response.json({ rows: host ? [row] : [] });
    }
    if (request.method === 'GET') return Response.json({ rows: mailboxes, next: null });
    sent.push(await request.json());
    return Response.json({ code: 'x', title: 'x', status: 500 }, { status: 500 });
  });
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(['me'], { user: { id: 'ben', email: 'ben@team.example' } });
  queries.setQueryData(['mailboxes'], mailboxes);
  const { container } = render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <AddEmail />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: /^Other/ }));
  const field = (name: string) =>
    container.querySelector<HTMLInputElement>(`[data-fault="${name}"]`)!;
  const fill = (name: string, value: string) =>
    fireEvent.change(field(name), { target: { value } });
  return { sent, field, fill };
}

it('C-1 the address one signs in with stands there, with the servers of an admin of its domain', async () => {
  const { sent, field, fill } = opened({ 'team.example': 'mail.team.example' });
  expect(field('address').value).toBe('ben@team.example');
  expect(document.activeElement).toBe(field('password'));
  await screen.findByText(/^The same servers as Ada Moreau/);
  expect(field('imap.host').value).toBe('mail.team.example');
  expect(field('smtp.port').value).toBe('465');
  fill('password', 'secret');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({
    address: 'ben@team.example',
    imap: { host: 'mail.team.example', port: 993, security: 'tls' },
    smtp: { host: 'mail.team.example', port: 465, security: 'tls' },
  });
});

it('C-14 who is never synced can be named before the first message is looked at', async () => {
  const { sent, fill } = opened({ 'team.example': 'mail.team.example' });
  await screen.findByText(/^The same servers as Ada Moreau/);
  fill('password', 'secret');
  fill('never_synced', ' law@firm.example, clinic.example ');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({ never_synced: ['law@firm.example', 'clinic.example'] });
});

it('C-1 what is typed stays, and the offer is one click away', async () => {
  const { field, fill } = opened({ 'team.example': 'mail.team.example' });
  await screen.findByText(/^The same servers as Ada Moreau/);
  fill('imap.host', 'other.team.example');
  expect(field('smtp.host').value).toBe('mail.team.example');
  expect(field('imap.host').value).toBe('other.team.example');
  fireEvent.click(screen.getByRole('button', { name: 'Use the same servers as Ada Moreau' }));
  expect(field('imap.host').value).toBe('mail.team.example');
  expect(document.activeElement).toBe(field('imap.host'));
});

it('C-1 with another address goes what was offered, also beside what was typed', async () => {
  const { sent, field, fill } = opened({ 'team.example': 'mail.team.example' });
  await screen.findByText(/^The same servers as Ada Moreau/);
  fill('smtp.port', '587');
  expect(field('smtp.host').value).toBe('mail.team.example');
  fill('address', 'ben@elsewhere.example');
  expect(field('smtp.host').value).toBe('');
  expect(field('smtp.port').value).toBe('587');
  fill('password', 'secret');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fireEvent.submit(field('address').form!);
  await screen.findAllByText('Please fill this in.');
  expect(sent).toEqual([]);
});

it('C-1 what an offer fills in isn’t said to be missing', async () => {
  const { field, fill } = opened({ 'other.example': 'mail.other.example' });
  fill('address', 'ben@other.example');
  fireEvent.submit(field('address').form!);
  await vi.waitFor(() => expect(field('imap.host').value).toBe('mail.other.example'));
  expect(field('imap.host').getAttribute('aria-invalid')).not.toBe('true');
  expect(field('password').getAttribute('aria-invalid')).toBe('true');
});

it('C-1 an address that is connected isn’t filled in', async () => {
  const { field } = opened({}, [{ address: 'Ben@team.example' }]);
  expect(field('address').value).toBe('');
});

it('C-1 of another domain nothing of this one is offered', async () => {
  const { field, fill } = opened({ 'team.example': 'mail.team.example' });
  await screen.findByText(/^The same servers as Ada Moreau/);
  fill('address', 'ben@elsewhere.example');
  fireEvent.blur(field('address'));
  await screen.findByText('Your provider’s help pages name them.');
  expect(field('imap.host').value).toBe('');
});

it('C-1 an address that is changed and sent at once isn’t tried at the servers of another', async () => {
  const { sent, field, fill } = opened({ 'team.example': 'mail.team.example' });
  await screen.findByText(/^The same servers as Ada Moreau/);
  fill('password', 'secret');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fill('address', 'ben@elsewhere.example');
  fireEvent.submit(field('address').form!);
  await screen.findAllByText('Please fill this in.');
  expect(sent).toEqual([]);
});

it('C-1 what was typed is there when one comes back, but for passwords', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ rows: [], next: null }),
  );
  const queries = new QueryClient();
  const show = () =>
    render(
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <AddEmail />
        </Tooltip.Provider>
      </QueryClientProvider>,
    ).container;
  let page = show();
  fireEvent.click(screen.getByRole('button', { name: /^Other/ }));
  const field = (name: string) => page.querySelector<HTMLInputElement>(`[data-fault="${name}"]`)!;
  const fill = (name: string, value: string) =>
    fireEvent.change(field(name), { target: { value } });
  fill('address', 'ada@x.example');
  fill('password', 'secret');
  fill('imap.host', 'mail.x.example');
  fill('imap.port', '1993');
  fill('never_synced', 'law.example');
  cleanup();
  page = show();
  const values = ['address', 'password', 'imap.host', 'imap.port', 'never_synced'].map(
    (name) => field(name).value,
  );
  expect(values).toEqual(['ada@x.example', '', 'mail.x.example', '1993', 'law.example']);
  const kept = queries
    .getQueryCache()
    .getAll()
    .map(({ state }) => state.data);
  expect(JSON.stringify(kept)).not.toContain('secret');
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('x.example');
  queries.clear(); // the session ended
  cleanup();
  page = show();
  screen.getByRole('button', { name: /^Other/ });
});
