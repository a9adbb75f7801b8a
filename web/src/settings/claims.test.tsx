import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { touch } from '../api/events';
import { type Claim, keys, type Mailbox } from '../api/queries';
import { canSend, notSending, ownAddresses, replyMailbox } from '../composer/reply';
import { switchLanguage } from '../i18n';
import { Notices } from '../ui/notice';
import { Claims } from './claims';
import { Confirmed } from './confirmed';
import { MailboxState } from './mailbox-state';
import { useWaitingClaims, WaitingMark } from './waiting-mark';
import { addWords } from './words';

let queries: QueryClient;
let waiting: Claim[];
let confirmed: Claim[];
let asked: string[];
let decision: () => Response | Promise<Response>;
let listing: (() => Response) | undefined;

const claim: Claim = {
  id: 'box',
  user: 'eve',
  user_name: 'Eve',
  address: 'jobs@n.example',
  imap_host: 'mail.mine.example',
  smtp_host: 'mail.mine.example',
  since: '2026-11-20T10:00:00.000Z',
};

const other: Claim = { ...claim, id: 'box2', address: 'desk@n.example' };
const focused = () => document.activeElement?.textContent;

beforeAll(addWords);
beforeEach(() => {
  asked = [];
  waiting = [claim];
  confirmed = [];
  listing = undefined;
  decision = () => {
    waiting = [];
    return new Response(null, { status: 204 });
  };
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const body = request.method === 'POST' ? await request.text() : '';
    asked.push(`${request.method} ${new URL(request.url).pathname.replace(/.*v1/, '')} ${body}`);
    if (request.method === 'POST') return decision();
    if (listing) return listing();
    const rows = request.url.includes('state=confirmed') ? confirmed : waiting;
    return Response.json({ rows, next: null });
  });
});

const show = (inside: ReactNode) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>{inside}</Tooltip.Provider>
    </QueryClientProvider>,
  );
const as = (role: 'admin' | 'manager') =>
  queries.setQueryData(keys.me, { user: { id: 'ada', role } });
function Mark() {
  const waiting = useWaitingClaims();
  return waiting.claims > 0 ? <WaitingMark waiting={waiting} /> : <p>none</p>;
}

describe('C-13 addresses that wait for an admin', () => {
  it('are shown with who says so and where, and go when they are confirmed', async () => {
    show(<Claims />);
    await screen.findByText('Eve says that jobs@n.example is theirs.');
    expect(screen.getByText(/^At mail\.mine\.example, since /)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Confirm jobs@n.example' }));
    await waitFor(() => expect(screen.queryByText(/Eve says/)).toBeNull());
    expect(asked).toContain('POST /claims/box/decision {"word":"confirm"}');
  });
  it('can be refused', async () => {
    show(<Claims />);
    await userEvent.click(await screen.findByRole('button', { name: 'Refuse jobs@n.example' }));
    await waitFor(() => expect(screen.queryByText(/Eve says/)).toBeNull());
    expect(asked).toContain('POST /claims/box/decision {"word":"refuse"}');
  });
  it('stay, and say why, when they turn out to be a candidate’s', async () => {
    decision = () =>
      Response.json(
        { type: 'about:blank', title: 'x', status: 409, code: 'address.of-candidate' },
        { status: 409 },
      );
    show(<Claims />);
    await userEvent.click(await screen.findByRole('button', { name: 'Confirm jobs@n.example' }));
    await screen.findByText('A candidate has this address.');
    expect(screen.getByText(/Eve says/)).toBeTruthy();
  });
  it('leave the keyboard where the next one is', async () => {
    waiting = [claim, other];
    const decided = (id: string) => () => {
      waiting = waiting.filter((one) => one.id !== id);
      return new Response(null, { status: 204 });
    };
    show(<Claims />);
    decision = decided('box');
    await userEvent.click(await screen.findByRole('button', { name: 'Confirm jobs@n.example' }));
    await waitFor(() => expect(screen.queryByText(/says that jobs@/)).toBeNull());
    expect(focused()).toBe('Confirm desk@n.example');
    decision = decided('box2');
    await userEvent.click(screen.getByRole('button', { name: 'Refuse desk@n.example' }));
    await screen.findByText('No address waits to be confirmed.');
    expect(focused()).toBe('Addresses to confirm');
  });
  it('take no second word while the first is on its way', async () => {
    let answer = (_: Response) => {};
    decision = () => new Promise((done) => (answer = done));
    show(<Claims />);
    const confirm = await screen.findByRole('button', { name: 'Confirm jobs@n.example' });
    const refuse = screen.getByRole('button', { name: 'Refuse jobs@n.example' });
    await userEvent.click(confirm);
    await waitFor(() => expect(confirm.getAttribute('aria-busy')).toBe('true'));
    expect(refuse.getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(refuse);
    await userEvent.click(confirm);
    expect(asked.filter((one) => one.startsWith('POST'))).toHaveLength(1);
    waiting = [];
    answer(new Response(null, { status: 204 }));
    await waitFor(() => expect(screen.queryByText(/Eve says/)).toBeNull());
  });
  it('can be confirmed by mistake', async () => {
    show(
      <>
        <Claims />
        <Notices />
      </>,
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Confirm jobs@n.example' }));
    await screen.findByText('jobs@n.example is Eve’s from now on');
    decision = () => {
      waiting = [claim];
      return new Response(null, { status: 204 });
    };
    await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await screen.findByText(/Eve says/);
    expect(asked).toContain('POST /claims/box/decision {"word":"take_back"}');
  });
  it('say so when they can’t be loaded, and can be asked for again', async () => {
    const working = listing;
    listing = () =>
      Response.json(
        { type: 'about:blank', title: 'x', status: 503, code: 'health.store' },
        { status: 503 },
      );
    show(<Claims />);
    await screen.findByText('The database doesn’t answer.');
    listing = working;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText(/Eve says/);
  });
  it('don’t vanish without a word when another admin decides', async () => {
    waiting = [claim, other];
    show(
      <>
        <Claims />
        <Notices />
      </>,
    );
    (await screen.findByRole('button', { name: 'Confirm jobs@n.example' })).focus();
    waiting = [other];
    touch(queries, { kind: 'claim', id: 'box', candidate: '' });
    await screen.findByText(
      'jobs@n.example doesn’t wait any more: another admin decided, or Eve removed it.',
    );
    expect(focused()).toBe('Confirm desk@n.example');
  });
  it('can be taken back once confirmed', async () => {
    waiting = [];
    confirmed = [claim];
    show(<Confirmed />);
    const back = await screen.findByRole('button', { name: 'Take back jobs@n.example' });
    decision = () => {
      confirmed = [];
      return new Response(null, { status: 204 });
    };
    await userEvent.click(back);
    await waitFor(() => expect(back.isConnected).toBe(false));
    expect(asked).toContain('POST /claims/box/decision {"word":"take_back"}');
    expect(focused()).toBe('Confirmed addresses');
  });
  it('are marked for admins alone, and the mark follows the events', async () => {
    as('admin');
    const { unmount } = show(<Mark />);
    await screen.findByText('1 address to confirm');
    waiting = [];
    touch(queries, { kind: 'claim', id: 'box', candidate: '' });
    await screen.findByText('none');
    listing = () => Response.json({ rows: [claim, other], next: 'cursor' });
    touch(queries, { kind: 'claim', id: 'box', candidate: '' });
    await screen.findByText('More than 2 addresses to confirm');
    expect(screen.getByText('2+')).toBeTruthy();
    listing = undefined;
    unmount();
    asked = [];
    queries.removeQueries({ queryKey: keys.claims });
    waiting = [claim];
    as('manager');
    show(<Mark />);
    await screen.findByText('none');
    expect(asked).toEqual([]);
  });
});

describe('C-13 a mailbox whose address isn’t proven', () => {
  const mailbox = (address_proof: Mailbox['address_proof']) =>
    ({
      id: 'box',
      address: 'jobs@n.example',
      address_proof,
      state: 'active',
      importing: true,
      last_error: '',
    }) as Mailbox;
  it('says what it waits for, in three languages', async () => {
    for (const [language, words] of [
      ['en', /Waiting for an admin to confirm that jobs@n\.example is yours/],
      ['fr', /En attente qu’un administrateur confirme que jobs@n\.example est à vous/],
      ['de', /Wartet darauf, dass ein Admin bestätigt, dass jobs@n\.example Ihnen gehört/],
    ] as const) {
      await switchLanguage(language);
      const { unmount } = show(<MailboxState mailbox={mailbox('none')} />);
      expect(screen.getByText(words)).toBeTruthy();
      unmount();
    }
    await switchLanguage('en');
    show(<MailboxState mailbox={mailbox('refused')} />);
    expect(screen.getByText(/It was not confirmed that jobs@n\.example is yours/)).toBeTruthy();
  });
  it('is no sender', () => {
    expect(notSending(mailbox('none'))).toBe('unproven');
    expect(notSending(mailbox('refused'))).toBe('refused');
    expect(notSending(mailbox('admin'))).toBeUndefined();
    expect(canSend(mailbox('none'))).toBe(false);
    expect(canSend(mailbox('refused'))).toBe(false);
    expect(canSend(mailbox('sign_in'))).toBe(true);
    const own = { ...mailbox('admin'), id: 'own', address: 'eve@n.example' };
    const message = { from: [], to: [{ name: '', address: 'jobs@n.example' }], cc: [] };
    expect(replyMailbox({ ...message, direction: 'incoming' }, [mailbox('none'), own])).toBe('own');
  });
  it('isn’t mine when I answer', () => {
    const me = 'eve@n.example';
    expect(ownAddresses(me, [mailbox('none')])).toEqual([me]);
    expect(ownAddresses(me, [mailbox('refused')])).toEqual([me]);
    expect(ownAddresses(me, [mailbox('admin')])).toEqual([me, 'jobs@n.example']);
  });
});
