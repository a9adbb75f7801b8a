import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { switchLanguage } from '../i18n';
import { Notices } from '../ui/notice';
import { Past, PastAsked } from './past';
import { useWaitingPast, WaitingMark } from './waiting-mark';
import { addWords } from './words';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ children }: { children: ReactNode }) => <a href="/candidate">{children}</a>,
}));

const request = (more: Partial<Schemas['PastRequest']>): Schemas['PastRequest'] => ({
  address: 'jane@home.example',
  added_by: 'Ada',
  added: '2026-11-20T10:00:00.000Z',
  state: 'asked',
  candidates: [{ id: 'jane', name: 'Jane Doe', jobs: ['Welder'] }],
  brought: null,
  searching: false,
  shown: 5,
  ...more,
});

let past: Schemas['Past'];
let asked: unknown[];
let missing: boolean;
let refuses: string; // by which code
let failing: number; // how often the list can't be had
let searches: number; // how often those alone were asked for that are looked for

beforeEach(async () => {
  await switchLanguage('en');
  await addWords();
  past = {
    own: true,
    past: 'ask',
    asked: 1,
    newest: 7,
    now: '2026-11-20T11:00:00.000Z',
    rows: [request({})],
    next: null,
  };
  searches = 0;
  failing = 0;
  asked = [];
  missing = false;
  refuses = '';
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const call = input as Request;
    if (missing) {
      return new Response(
        JSON.stringify({ status: 404, code: 'mailbox.missing', title: 'missing' }),
        { status: 404, headers: { 'content-type': 'application/problem+json' } },
      );
    }
    const query = new URL(call.url).searchParams;
    if (query.get('searching') === 'true') {
      searches++;
      return Response.json({ ...past, rows: past.rows.filter((row) => row.searching) });
    }
    if (call.method === 'GET' && past.next && query.get('cursor') === past.next) {
      return Response.json({
        ...past,
        rows: [request({ address: 'more@home.example' })],
        next: null,
      });
    }
    if (call.method === 'GET' && failing > 0) {
      failing--;
      return Response.error();
    }
    if (call.method === 'GET') return Response.json(past);
    const body = (await call.json()) as { past?: 'ask' | 'open'; word?: string };
    asked.push(body);
    if (refuses) {
      return new Response(JSON.stringify({ status: 409, code: refuses, title: 'look again' }), {
        status: 409,
        headers: { 'content-type': 'application/problem+json' },
      });
    }
    if (body.word === 'ask') past = { ...past, asked: 2, rows: [request({})] };
    if (body.past) past = { ...past, past: body.past };
    if (body.word === 'open') {
      past = { ...past, asked: 0, rows: [request({ state: 'opened', brought: 18 })] };
    }
    if (body.word === 'decline') {
      past = { ...past, asked: 0, rows: [request({ state: 'declined', candidates: [] })] };
    }
    return Response.json(past);
  });
});

function show(what: ReactNode, mailboxes: unknown[] = []) {
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  queries.setQueryData(keys.mailboxes, mailboxes);
  queries.setQueryData(keys.me, { user: { id: 'max', role: 'manager' } });
  return render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        {what}
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
}

function Rail() {
  return <WaitingMark waiting={{ ...useWaitingPast(), claims: 1 }} />;
}

describe('C-14 the owner decides about the past', () => {
  it('is asked by whom and of whom, and told what it brought', async () => {
    const user = userEvent.setup();
    show(<Past mailbox="box" />);
    expect(await screen.findByText('Ada made jane@home.example a candidate')).toBeTruthy();
    expect(screen.getByText('Jane Doe, Welder')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: /Not now/ }));
    expect(await screen.findByText('Not opened')).toBeTruthy();
    expect(screen.queryByText('Jane Doe, Welder')).toBeNull(); // whom they may not see
    await user.click(screen.getByRole('button', { name: /Open the past/ }));
    expect(await screen.findByText('Brought 18 messages')).toBeTruthy();
    expect(asked).toEqual([
      { address: 'jane@home.example', word: 'decline', shown: 5 },
      { address: 'jane@home.example', word: 'open', shown: 5 },
    ]);
  });

  it('opens at once where that is chosen, and only once that is confirmed', async () => {
    vi.stubGlobal('CSS', { escape: (text: string) => text }); // jsdom has none
    const user = userEvent.setup();
    past.asked = 2;
    show(<Past mailbox="box" />);
    const open = await screen.findByLabelText<HTMLInputElement>('opens at once');
    const ask = screen.getByLabelText<HTMLInputElement>('opens after I was asked');
    expect(ask.checked).toBe(true);
    ask.focus();
    await user.keyboard('{ArrowDown}');
    await screen.findByText('Open older e-mail at once?');
    expect(asked).toEqual([]);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByText('Open older e-mail at once?')).toBeNull());
    expect(asked).toEqual([]);
    expect(ask.checked).toBe(true);
    await user.click(open);
    await user.click(await screen.findByRole('button', { name: 'Open at once from now on' }));
    await waitFor(() => expect(open.checked).toBe(true));
    expect(asked).toEqual([{ past: 'open' }]);
  });

  it('says at the mailbox’s entry that somebody waits, to its owner alone', async () => {
    const { unmount } = show(<PastAsked count={1} />);
    expect(await screen.findByText('1 person waits for your word')).toBeTruthy();
    unmount();
    missing = true;
    show(
      <>
        <PastAsked count={0} />
        <Past mailbox="box" />
      </>,
    );
    await waitFor(() => expect(screen.queryByText('Older e-mail of new candidates')).toBeNull());
    expect(screen.queryByText(/your word/)).toBeNull();
  });

  it('says so wherever the owner is', async () => {
    const { container } = show(<Rail />, [{ past_asked: 2 }, { past_asked: 0 }, { past_asked: 1 }]);
    await screen.findByText('1 address to confirm, 3 people wait for your word');
    expect(container.querySelector('.rail-mark [aria-hidden]')?.textContent).toBe('4');
  });

  it('opens for all that were seen, once that is confirmed', async () => {
    const user = userEvent.setup();
    past.asked = 2;
    show(<Past mailbox="box" />);
    const all = await screen.findByRole('button', { name: 'Open for all' });
    await user.click(all);
    await screen.findByText('Open the past for 2 people?');
    expect(asked).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Open for all' }));
    await waitFor(() => expect(screen.queryByText('Open the past for 2 people?')).toBeNull());
    expect(asked).toEqual([{ word: 'open', newest: 7 }]);
    await screen.findByText('Brought 18 messages');
  });

  it('looks again where more wait by now', async () => {
    const user = userEvent.setup();
    past.asked = 2;
    show(<Past mailbox="box" />);
    await user.click(await screen.findByRole('button', { name: 'Open for all' }));
    refuses = 'past.more-wait';
    past = { ...past, asked: 3, newest: 9 };
    await user.click(await screen.findByRole('button', { name: 'Open for all' }));
    await screen.findByText(/More people wait for your word by now/);
    await screen.findByText('3 people wait for your word');
    expect(asked).toEqual([{ word: 'open', newest: 7 }]);
  });

  it('looks again where it is about somebody else by now, before it opens', async () => {
    const user = userEvent.setup();
    show(<Past mailbox="box" />);
    await screen.findByText('Ada made jane@home.example a candidate');
    refuses = 'past.asked-anew';
    past = { ...past, newest: 9, rows: [request({ added_by: 'Carl', shown: 9 })] };
    await user.click(screen.getByRole('button', { name: /Open the past/ }));
    await screen.findByText(/This was asked about anew meanwhile/);
    await screen.findByText('Carl made jane@home.example a candidate');
    expect(asked).toEqual([{ address: 'jane@home.example', word: 'open', shown: 5 }]);
  });

  it('takes back what was declined for all', async () => {
    const user = userEvent.setup();
    past.asked = 2;
    show(<Past mailbox="box" />);
    await user.click(await screen.findByRole('button', { name: 'For nobody' }));
    await screen.findByText('Not opened');
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    await screen.findByRole('button', { name: 'Open for all' });
    expect(asked).toEqual([
      { word: 'decline', newest: 7 },
      { word: 'ask', declined: '2026-11-20T11:00:00.000Z' },
    ]);
  });

  it('shows more of them on demand', async () => {
    const user = userEvent.setup();
    past.next = 'further';
    show(<Past mailbox="box" />);
    await user.click(await screen.findByRole('button', { name: 'Show more' }));
    await screen.findByText('Ada made more@home.example a candidate');
  });

  it('asks for what is looked for alone, and for the list once that is found', async () => {
    past.asked = 0;
    past.rows = [request({ state: 'opened', brought: 0, searching: true })];
    show(<Past mailbox="box" />);
    await screen.findByText('Being looked for');
    await waitFor(() => expect(searches).toBe(1));
    past = { ...past, rows: [request({ state: 'opened', brought: 18 })] };
    await screen.findByText('Brought 18 messages', {}, { timeout: 30_000 });
    expect(searches).toBe(2);
  }, 60_000);

  it('asks for the list again where that fails as it is found', async () => {
    past.asked = 0;
    past.rows = [request({ state: 'opened', brought: 0, searching: true })];
    show(<Past mailbox="box" />);
    await screen.findByText('Being looked for');
    await waitFor(() => expect(searches).toBe(1));
    past = { ...past, rows: [request({ state: 'opened', brought: 18 })] };
    failing = 1;
    await waitFor(() => expect(failing).toBe(0), { timeout: 30_000 });
    expect(screen.getByText('Being looked for')).toBeTruthy();
    await screen.findByText('Brought 18 messages', {}, { timeout: 30_000 });
    expect(searches).toBe(3);
  }, 20_000);

  it('says only what is true to whoever stands in for an owner who has left', async () => {
    past = { ...past, own: false, rows: [request({ added_by: '' })] };
    show(<Past mailbox="box" />);
    await screen.findByText('A colleague made jane@home.example a candidate');
    expect(screen.queryByText(/Only you see this/)).toBeNull();
  });
});
