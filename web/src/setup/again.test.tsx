import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { turning } from '../api/said';
import { askNobody, SignInAgain, signedInAgain, stillIn } from './again';
import { forgetUser } from './leaving';

const ANNA = { id: 'anna', name: 'Anna', email: 'anna@n.example' } as Schemas['User'];

const pageOf = (user: Schemas['User'], queries = new QueryClient()) => (
  <QueryClientProvider client={queries}>
    <Tooltip.Provider>
      <SignInAgain user={user} onLeave={() => {}} />
    </Tooltip.Provider>
  </QueryClientProvider>
);

it('W-5 a key that was meant for the page is no part of a password', async () => {
  let now = 1000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  render(pageOf(ANNA));
  act(() => void signedInAgain('anna'));
  // What is pressed on a button is meant for it, as long as the fields don't come, too.
  const close = await screen.findByRole('button', { name: 'Close' });
  expect(fireEvent.keyDown(close, { key: ' ' })).toBe(true);
  const field = await screen.findByLabelText<HTMLInputElement>('Password');
  await waitFor(() => expect(document.activeElement).toBe(field));
  now += 799;
  await userEvent.keyboard('j');
  expect(field.value).toBe('');
  now += 2;
  await userEvent.keyboard('secret');
  expect(field.value).toBe('secret');
  clock.mockRestore();
});

const BOB = { id: 'bob', name: 'Bob', email: 'bob@n.example' } as Schemas['User'];

const refused = () =>
  Response.json({ code: 'session.missing', title: 'x', status: 401 }, { status: 401 });

it('whoever left is not asked to sign in again, nor who comes next in their place', async () => {
  const answers = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => refused());
  const queries = new QueryClient();
  const page = pageOf(ANNA, queries);
  const { unmount } = render(page);
  queries.setQueryData(keys.me, { user: ANNA, company: { id: 'n' } });
  turning.say('t1', 'done');
  const asked = stillIn(queries);
  await screen.findByRole('dialog');
  // Signed out: the page is still there until the one to sign in is.
  act(() => forgetUser(queries));
  expect(await asked).toBe(false);
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(turning.underWay('t1')).toBe(false);
  expect(answers).toHaveBeenCalledOnce();
  expect(await stillIn(queries)).toBe(false);
  expect(answers).toHaveBeenCalledOnce();
  expect(await signedInAgain('anna')).toBe(false); // an answer that was on its way
  unmount();
  render(page);
  expect(screen.queryByRole('dialog')).toBeNull();
  // Their page goes away while they are asked.
  const answer = signedInAgain('anna');
  await screen.findByRole('dialog');
  cleanup();
  expect(await answer).toBe(false);
  expect(await signedInAgain('anna')).toBe(false);
});

it('what somebody else asked before is not for who is in now', async () => {
  render(pageOf(BOB));
  let answer: boolean | undefined;
  act(() => void signedInAgain('anna').then((signedIn) => (answer = signedIn)));
  await waitFor(() => expect(answer).toBe(false));
  expect(screen.queryByRole('dialog')).toBeNull();
  act(() => void signedInAgain('bob'));
  await screen.findByRole('dialog');
});

it('who tried to leave is asked again only where they are still in', async () => {
  const { unmount } = render(pageOf(ANNA));
  const stay = askNobody();
  const again = askNobody(); // by another button
  stay();
  again();
  let asked = signedInAgain('anna');
  await screen.findByRole('dialog');
  const late = askNobody();
  expect(await asked).toBe(false);
  unmount();
  late();
  expect(await signedInAgain('anna')).toBe(false);
  render(pageOf(BOB));
  late();
  expect(await signedInAgain('anna')).toBe(false);
  asked = signedInAgain('bob');
  await screen.findByRole('dialog');
  cleanup();
  expect(await asked).toBe(false);
});
