import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { touch } from '../api/events';
import { type Candidate, keys } from '../api/queries';
import { i18n, switchLanguage } from '../i18n';
import { candidateOf } from './candidate.fixtures';
import { OldMail, whatWasFound } from './old-mail';

type Search = Schemas['OldMailSearch'];
const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const search = (more: Partial<Search>): Search => ({
  added: '2026-11-20T10:00:00.000Z',
  messages: 0,
  more: false,
  mailboxes: 0,
  searched: 0,
  searching: 0,
  waiting: 0,
  closed: 0,
  ...more,
});

describe('S-5 what is told of the search for old mail', () => {
  it.each<[Partial<Search>, string]>([
    [
      { messages: 18, mailboxes: 1, searched: 1, searching: 2 },
      '18 older messages in 1 mailbox, 2 mailboxes still being searched',
    ],
    [{ messages: 1, mailboxes: 1, searched: 3 }, '1 older message in 1 mailbox'],
    [{ searched: 3 }, 'No older messages in 3 mailboxes'],
    [{ searched: 1, searching: 1 }, 'No older messages yet, 1 mailbox still being searched'],
    [
      { messages: 4, mailboxes: 2, searched: 2, waiting: 1 },
      '4 older messages in 2 mailboxes. 1 mailbox can’t be reached now; it will be searched when it can.',
    ],
    [{ waiting: 2 }, '2 mailboxes can’t be reached now; they will be searched when they can.'],
    [
      { messages: 1000, mailboxes: 2, searched: 2, more: true },
      'At least 1000 older messages in 2 mailboxes',
    ],
    [
      { messages: 4, mailboxes: 1, searched: 1, closed: 1 },
      '4 older messages in 1 mailbox. In 1 mailbox, older e-mail opens once its owner agrees.',
    ],
    [
      { waiting: 1, closed: 2 },
      '1 mailbox can’t be reached now; it will be searched when it can. In 2 mailboxes, older e-mail opens once their owners agree.',
    ],
    [{ searched: 2, more: true }, ''],
    [{}, ''],
  ])('%o', async (found, words) => {
    await switchLanguage('en');
    expect(whatWasFound(i18n.t, search(found))).toBe(words);
  });
  it('counts in the other languages', async () => {
    const found = search({ messages: 1, mailboxes: 1, searched: 1, searching: 2, waiting: 1 });
    await switchLanguage('de');
    expect(whatWasFound(i18n.t, found)).toBe(
      '1 ältere Nachricht in 1 Postfach, 2 Postfächer werden noch durchsucht. 1 Postfach ist gerade nicht erreichbar; es wird durchsucht, sobald es das wieder ist.',
    );
    await switchLanguage('fr');
    expect(whatWasFound(i18n.t, found)).toBe(
      '1 message plus ancien dans 1 boîte, recherche en cours dans 2 boîtes. 1 boîte est injoignable pour l’instant\u202f; la recherche s’y fera dès que possible.',
    );
    await switchLanguage('en');
  });
});

describe('the line about it', () => {
  let queries: QueryClient;
  let asked: number;
  let answer: Search | null;
  const wanda = (since: string, synced = true): Candidate =>
    candidateOf('wanda', {
      name: 'Wanda',
      created: since,
      addresses: [{ address: 'wanda@home.example', synced, why_not: '', since }],
    });
  const show = (candidate: Candidate) =>
    render(
      <QueryClientProvider client={queries}>
        <OldMail candidate={candidate} />
      </QueryClientProvider>,
    );
  const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
  const line = () => screen.queryByRole('status')?.textContent;

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
    queries.setQueryData(keys.me, { user: { id: 'ada', role: 'manager' } });
    asked = 0;
    answer = search({ searching: 1 });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      asked++;
      return Response.json({ search: answer });
    });
  });
  afterEach(() => vi.useRealTimers());

  it('asks while the search goes on, ever more seldom, and no more once it is over', async () => {
    show(wanda('2026-11-20T09:59:59.000Z'));
    expect(line()).toBe(''); // its room is kept
    await wait(0);
    expect(line()).toBe('No older messages yet, 1 mailbox still being searched');
    await wait(10_000);
    const soon = asked;
    expect(soon).toBeGreaterThanOrEqual(3);
    await wait(300_000);
    expect(asked - soon).toBeLessThanOrEqual(16);
    answer = search({ messages: 2, mailboxes: 1, searched: 1 });
    await wait(31_000);
    expect(line()).toBe('2 older messages in 1 mailbox');
    const last = asked;
    await wait(600_000);
    expect(asked).toBe(last);
  });
  it('follows what comes, by what the server tells', async () => {
    answer = search({ searched: 1 });
    show(wanda('2026-11-20T09:59:59.000Z'));
    await wait(0);
    answer = search({ messages: 1, mailboxes: 1, searched: 1 });
    touch(queries, { kind: 'message', id: 'm', candidate: 'wanda' });
    await wait(0);
    expect(line()).toBe('1 older message in 1 mailbox');
  });
  it('asks nothing about what was added long ago, takes no part, or for an evaluator', async () => {
    show(wanda('2026-11-12T09:00:00.000Z'));
    show(wanda('2026-11-20T09:59:59.000Z', false));
    queries.setQueryData(keys.me, { user: { id: 'eva', role: 'evaluator' } });
    show(wanda('2026-11-20T09:59:59.000Z'));
    await wait(1000);
    expect(asked).toBe(0);
    expect(line()).toBeUndefined();
  });
  it('is gone where there is nothing to tell', async () => {
    answer = null;
    show(wanda('2026-11-18T10:00:00.000Z'));
    expect(line()).toBeUndefined();
    await wait(1000);
    expect(asked).toBe(1);
    expect(line()).toBeUndefined();
  });
});
