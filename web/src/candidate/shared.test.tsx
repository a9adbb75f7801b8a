import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Candidate, keys } from '../api/queries';
import { i18n, switchLanguage } from '../i18n';
import { forgetNotices, Notices } from '../ui/notice';
import { AddCandidate } from './add';
import { Addresses } from './addresses';
import { candidateOf } from './candidate.fixtures';
import { Erase, whatGoes } from './profile';

vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => async () => {},
  useSearch: () => ({}),
  Link: ({ params, children }: { params?: { candidateId: string }; children: ReactNode }) => (
    <a href={`/candidates/${params?.candidateId}`}>{children}</a>
  ),
}));

let queries: QueryClient;
let sent: { [key: string]: unknown }[];
let asked: (string | null)[];
let holdersAsked: string[];
let counts: () => Response;
// What holds an answer back until the test has looked.
let gate: Promise<unknown> | undefined;
let looked: Promise<unknown> | undefined; // the same, for who has an address
let anyway: (() => Response) | undefined;
const bob = (addresses: string[]): Candidate =>
  candidateOf('bob', {
    name: 'Bob',
    addresses: addresses.map((address) => ({
      address,
      synced: true,
      why_not: '',
      since: '2026-11-20T10:00:00.000Z',
    })),
  });

beforeEach(() => {
  sent = [];
  asked = [];
  holdersAsked = [];
  forgetNotices();
  gate = looked = undefined;
  anyway = undefined;
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData([...keys.jobs, 'page', { open: true }], { rows: [], next: null });
  queries.setQueryData(keys.me, { user: { id: 'ada', role: 'manager' } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.url.endsWith('/holdings')) return counts();
    if (request.url.includes('/address-holders')) {
      const address = new URL(request.url).searchParams.get('address') ?? '';
      holdersAsked.push(address);
      await looked;
      const lea = { id: 'lea', name: 'Lea', address };
      const exchange = address === 'pat@agency.example' ? 'thread-of-pat' : null;
      return Response.json({ rows: address === 'family@home.example' ? [lea] : [], exchange });
    }
    if (request.method === 'GET') {
      asked.push(new URL(request.url).searchParams.get('q'));
      const rows = ['Jana Novák', 'Jana Novákova'].map((name) => ({ id: name.length, name }));
      return Response.json({ rows, next: null });
    }
    const body = JSON.parse(await request.text());
    sent.push(body);
    if (body.confirmed) await gate;
    if (body.confirmed && anyway) return anyway();
    if (body.addresses_removed) return Response.json(bob(['bob@home.example']));
    if (body.confirmed)
      return Response.json(bob(body.addresses ?? body.addresses_added), { status: 201 });
    return Response.json(
      {
        type: 'about:blank',
        title: 'x',
        status: 409,
        code: 'candidate.address-shared',
        field: 'addresses',
        candidates: [{ id: 'lea', name: 'Lea', address: 'family@home.example' }],
      },
      { status: 409 },
    );
  });
});
const around = (inside: ReactNode) => (
  <QueryClientProvider client={queries}>
    <Tooltip.Provider>
      {inside}
      <Notices />
    </Tooltip.Provider>
  </QueryClientProvider>
);
const show = (inside: ReactNode) => render(around(inside));

describe('M-3 an address that there is an exchange with', () => {
  const form = async (address: string) => {
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Pat');
    await userEvent.click(screen.getByLabelText(/addresses/i));
    await userEvent.paste(address);
  };
  const along = () => screen.findByRole('checkbox', { name: /Bring along .* pat@agency.example/ });
  it('is told as what the dialog is about, as what else will come of it is', async () => {
    const about = () =>
      document.getElementById(screen.getByRole('dialog').getAttribute('aria-describedby') ?? '')
        ?.textContent;
    show(<AddCandidate onClose={() => {}} />);
    expect(about()).toMatch(/^With an address, e-mail to and from this person/);
    await userEvent.click(screen.getByLabelText(/addresses/i));
    await userEvent.paste('pat@agency.example');
    await along();
    expect(about()).toMatch(/^Bring along what your team has exchanged/);
    cleanup();
    const taking = { thread: 't', name: 'Pat', address: 'pat@agency.example' };
    show(<AddCandidate taking={taking} onClose={() => {}} />);
    expect(about()).toMatch(/^The whole exchange with this person/);
  });
  it('brings it along, unless it is to stay where it is', async () => {
    await form('pat@agency.example');
    await userEvent.click(await along());
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).not.toHaveProperty('thread');
    await userEvent.click(await along());
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toMatchObject({ thread: 'thread-of-pat' });
  });
  it('is looked for at once at all addresses, and nothing is changed meanwhile', async () => {
    let answer = () => {};
    looked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await form('kim@agency.example, pat@agency.example');
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(holdersAsked).toHaveLength(2));
    const button = screen.getByRole('button', { name: /Add candidate/ });
    expect(button.getAttribute('aria-busy')).toBe('true');
    const name = screen.getByLabelText<HTMLInputElement>('Name');
    await userEvent.type(name, 'x');
    await userEvent.keyboard('{Enter}');
    expect(name.value).toBe('Pat');
    answer();
    const offer = await along();
    await waitFor(() => expect(document.activeElement).toBe(offer));
    expect(sent).toHaveLength(0);
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(holdersAsked).toHaveLength(2);
  });
  it('is shown before it is done, however fast somebody is', async () => {
    await form('pat@agency.example');
    await userEvent.keyboard('{Enter}');
    expect(document.activeElement).toBe(await along());
    expect(sent).toHaveLength(0);
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ thread: 'thread-of-pat' });
  });
});

describe('an address that another candidate has', () => {
  it('is asked about when a candidate is added: open them, or add anyway', async () => {
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Bob');
    await userEvent.type(screen.getByLabelText(/addresses/i), 'family@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    const link = await screen.findByRole('link', { name: 'Open Lea' });
    expect(link.getAttribute('href')).toBe('/candidates/lea');
    expect(sent.map((one) => one.confirmed)).toEqual([false]);
    await userEvent.click(screen.getByRole('button', { name: 'Add anyway' }));
    await waitFor(() => expect(sent.map((one) => one.confirmed)).toEqual([false, true]));
  });
  it('is asked about when it is added to a profile, and no more once it is another', async () => {
    show(<Addresses candidate={bob([])} />);
    await userEvent.click(screen.getByRole('button', { name: 'Add address' }));
    const field = screen.getByLabelText('New e-mail address');
    await userEvent.type(field, 'family@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await screen.findByRole('link', { name: 'Open Lea' });
    await userEvent.type(field, 'x');
    expect(screen.queryByRole('link', { name: 'Open Lea' })).toBeNull();
    await userEvent.clear(field);
    await userEvent.type(field, 'family@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Add anyway' }));
    await waitFor(() =>
      expect(sent.at(-1)).toEqual({ addresses_added: ['family@home.example'], confirmed: true }),
    );
    await waitFor(() => expect(screen.queryByLabelText('New e-mail address')).toBeNull());
  });
});

describe('an address that is taken off', () => {
  it('C-14 leaves what a colleague has added, and so does taking it back', async () => {
    const twice = bob(['bob@home.example', 'b@work.example']);
    const { rerender } = show(<Addresses candidate={twice} />);
    await userEvent.click(screen.getByRole('button', { name: 'Remove b@work.example' }));
    await waitFor(() => expect(sent).toEqual([{ addresses_removed: ['b@work.example'] }]));
    const undo = await screen.findByRole('button', { name: 'Undo' });
    rerender(around(null)); // the reader has gone on
    await userEvent.click(undo);
    await waitFor(() =>
      expect(sent.at(-1)).toEqual({
        addresses_added: ['b@work.example'],
        addresses_at: 1,
        confirmed: true,
      }),
    );
  });
});

describe('a name that a candidate has', () => {
  it('is said while it is typed, and keeps nobody from adding', async () => {
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText('Name'), 'novak, jana');
    const link = await screen.findByRole('link', { name: 'Open Jana Novák' });
    expect(link.getAttribute('href')).toBe('/candidates/10');
    expect(link.closest('[role=status]')).not.toBeNull();
    expect(screen.queryByRole('link', { name: 'Open Jana Novákova' })).toBeNull();
    await waitFor(() => expect(asked.at(-1)).toBe('novak jana'));
    await userEvent.type(screen.getByLabelText(/addresses/i), 'jana@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    await waitFor(() => expect(sent).toHaveLength(1));
    await userEvent.type(screen.getByLabelText('Name'), ' II');
    expect(screen.queryByRole('link', { name: 'Open Jana Novák' })).toBeNull();
  });
});

describe('an address that a candidate has', () => {
  const link = () => screen.queryByRole('link', { name: 'Open Lea' });
  it('is said while it is typed, before anything is added', async () => {
    show(<AddCandidate onClose={() => {}} />);
    const field = screen.getByLabelText(/addresses/i);
    await userEvent.type(field, 'family@home.example');
    await waitFor(() => expect(link()?.getAttribute('href')).toBe('/candidates/lea'));
    const line = link()!.closest('[role=status]')!;
    expect(line.textContent).toBe('This address is here already: Open Lea');
    await userEvent.type(field, ', bob@home.example');
    await waitFor(() => expect(holdersAsked).toContain('bob@home.example'));
    expect(line.textContent).toBe('One of these addresses is here already: Open Lea');
    expect(holdersAsked.filter((one) => one === 'family@home.example')).toHaveLength(1);
    await userEvent.clear(field);
    expect(line.isConnected && line.textContent).toBe(''); // at once, and its room stays
    expect(sent).toEqual([]);
  });
  it('asks about no half of one, and nothing on the way to it', async () => {
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText(/addresses/i), 'family@home, nobody@other.example');
    await waitFor(() => expect(holdersAsked).toEqual(['nobody@other.example']));
    expect(link()).toBeNull();
  });
  it('is said on a profile, but of somebody else alone', async () => {
    show(<Addresses candidate={{ ...bob([]), id: 'lea' }} />);
    await userEvent.click(screen.getByRole('button', { name: 'Add address' }));
    await userEvent.type(screen.getByLabelText('New e-mail address'), 'family@home.example');
    await waitFor(() => expect(holdersAsked).toHaveLength(1));
    expect(link()).toBeNull();
    cleanup();
    show(<Addresses candidate={bob([])} />);
    await userEvent.click(screen.getByRole('button', { name: 'Add address' }));
    await userEvent.type(screen.getByLabelText('New e-mail address'), 'family@home.example');
    await waitFor(() => expect(link()).not.toBeNull());
  });
});

describe('the question about a shared address', () => {
  const problem = (code: string) => () =>
    Response.json({ type: 'about:blank', title: 'x', status: 409, code }, { status: 409 });
  async function askAgain() {
    await userEvent.click(screen.getByRole('button', { name: 'Add address' }));
    await userEvent.type(screen.getByLabelText('New e-mail address'), 'family@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add' }));
    return screen.findByRole('button', { name: 'Add anyway' });
  }
  it('stays where it is, with the keyboard, while the answer is on its way', async () => {
    let open = () => {};
    gate = new Promise<void>((done) => (open = done));
    show(<Addresses candidate={bob([])} />);
    const button = await askAgain();
    await userEvent.click(button);
    await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('true'));
    expect(button.isConnected).toBe(true);
    expect(document.activeElement).toBe(button);
    await userEvent.click(button);
    open();
    await waitFor(() => expect(screen.queryByLabelText('New e-mail address')).toBeNull());
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Add address'));
    expect(sent.filter((one) => one.confirmed)).toHaveLength(1);
  });
  it('gives way to what went wrong, at the field', async () => {
    anyway = problem('candidate.bad-address');
    show(<Addresses candidate={bob([])} />);
    await userEvent.click(await askAgain());
    await screen.findByText('One of the candidate’s addresses is not an e-mail address.');
    expect(screen.queryByRole('button', { name: 'Add anyway' })).toBeNull();
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByLabelText('New e-mail address')),
    );
  });
  it('does the same where a candidate is added', async () => {
    let open = () => {};
    gate = new Promise<void>((done) => (open = done));
    anyway = problem('job.unknown');
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Bob');
    await userEvent.type(screen.getByLabelText('E-mail addresses'), 'family@home.example');
    await userEvent.click(screen.getByRole('button', { name: 'Add candidate' }));
    const button = await screen.findByRole('button', { name: 'Add anyway' });
    await userEvent.click(button);
    await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('true'));
    expect(document.activeElement).toBe(button);
    open();
    await screen.findByText('There is no such job, or you may not see it.');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Add candidate'));
    expect(document.activeElement?.tagName).toBe('BUTTON');
  });
});

describe('S-7 the dialog before deleting', () => {
  it('counts what goes, and says what stays with another candidate', async () => {
    const says = (messages: number, shared: number, more = false, files = 0) =>
      whatGoes(i18n.t, { threads: 1, messages, shared, more, files });
    await switchLanguage('en');
    expect(says(3, 0)).toMatch(/and 3 messages in Hearback will be gone/);
    expect(says(3, 0)).not.toMatch(/another candidate|lies? on the profile/);
    expect(says(3, 0, false, 1)).toMatch(/1 file that lies on the profile will be gone, too\.$/);
    expect(says(3, 1)).toMatch(/and 2 messages .* 1 message that also lies with another/);
    expect(says(10_000, 2, true)).toMatch(/more than 9998 .* 2 messages that also lie/);
    // All that was counted stays: how much goes isn't known.
    expect(says(10_000, 10_000, true)).not.toMatch(/more than 0/);
    expect(says(10_000, 10_000, true)).toMatch(/other messages .* 10000 messages that also lie/);
    await switchLanguage('de');
    expect(says(3, 2)).toMatch(/2 Nachrichten, die auch bei einem anderen Kandidaten liegen/);
    await switchLanguage('fr');
    expect(says(3, 2)).toMatch(/2 messages qui figurent aussi chez un autre candidat/);
    await switchLanguage('en');
  });
  it('doesn’t delete what it couldn’t count, and counts again when asked to', async () => {
    counts = () =>
      Response.json(
        { type: 'about:blank', title: 'x', status: 503, code: 'health.store' },
        { status: 503 },
      );
    show(<Erase candidate={bob([])} open onClose={() => {}} />);
    await screen.findByText('The database doesn’t answer.');
    expect(screen.queryByText('Loading…')).toBeNull();
    screen.getByText(/It isn’t known how much would be deleted/);
    await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
    expect(sent).toEqual([]);
    let open = () => {};
    const slow = new Promise<void>((done) => (open = done));
    counts = () => Response.json({ threads: 1, messages: 3, shared: 0, files: 0, more: false });
    const fetched = vi.mocked(globalThis.fetch).getMockImplementation()!;
    vi.mocked(globalThis.fetch).mockImplementation(async (...all) => {
      await slow;
      return fetched(...all);
    });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    const sure = screen.getByRole('button', { name: 'Delete for good' });
    await waitFor(() => expect(sure.getAttribute('aria-busy')).toBe('true'));
    open();
    await screen.findByText(/and 3 messages in Hearback will be gone/);
    expect(sure.getAttribute('aria-disabled')).toBeNull();
  });
});

describe('what is wrong in a form', () => {
  it('has the focus at once, the first of all', async () => {
    show(<AddCandidate onClose={() => {}} />);
    await userEvent.type(screen.getByLabelText('E-mail addresses'), 'nonsense');
    screen.getByRole<HTMLButtonElement>('button', { name: 'Add candidate' }).click();
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
    await userEvent.type(screen.getByLabelText('Name'), 'Bob');
    screen.getByRole<HTMLButtonElement>('button', { name: 'Add candidate' }).click();
    expect(document.activeElement).toBe(screen.getByLabelText('E-mail addresses'));
    expect(sent).toEqual([]);
  });
  it('is not for who may not change it', () => {
    queries.setQueryData(keys.me, { user: { id: 'eva', role: 'evaluator' } });
    show(<Addresses candidate={bob(['bob@home.example'])} />);
    expect(screen.getByText('bob@home.example')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });
});
