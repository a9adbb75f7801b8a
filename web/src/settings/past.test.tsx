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
  ...more,
});

let past: Schemas['Past'];
let asked: unknown[];
let missing: boolean;

beforeEach(async () => {
  await switchLanguage('en');
  await addWords();
  past = { own: true, past: 'ask', asked: 1, rows: [request({})] };
  asked = [];
  missing = false;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const call = input as Request;
    if (missing) {
      return new Response(
        JSON.stringify({ status: 404, code: 'mailbox.missing', title: 'missing' }),
        { status: 404, headers: { 'content-type': 'application/problem+json' } },
      );
    }
    if (call.method === 'GET') return Response.json(past);
    const body = (await call.json()) as { past?: 'ask' | 'open'; word?: string };
    asked.push(body);
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
      { address: 'jane@home.example', word: 'decline' },
      { address: 'jane@home.example', word: 'open' },
    ]);
  });

  it('opens at once where that is chosen', async () => {
    const user = userEvent.setup();
    show(<Past mailbox="box" />);
    const open = await screen.findByLabelText<HTMLInputElement>(/^opens at once, also for who/);
    expect(screen.getByLabelText<HTMLInputElement>('opens after I was asked').checked).toBe(true);
    await user.click(open);
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

  it.each([
    ['Open for all', 'open'],
    ['For nobody', 'decline'],
  ])('answers all that wait in one go: %s', async (name, word) => {
    const user = userEvent.setup();
    past.asked = 2;
    show(<Past mailbox="box" />);
    await user.click(await screen.findByRole('button', { name }));
    await waitFor(() => expect(screen.queryByRole('button', { name })).toBeNull());
    expect(asked).toEqual([{ word }]);
  });

  it('says only what is true to whoever stands in for an owner who has left', async () => {
    past = { ...past, own: false, rows: [request({ added_by: '' })] };
    show(<Past mailbox="box" />);
    await screen.findByText('A colleague made jane@home.example a candidate');
    expect(screen.queryByText(/Only you see this/)).toBeNull();
  });
});
