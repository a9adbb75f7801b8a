import { act, cleanup, fireEvent, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { usePressed } from './pressed';

const router = vi.hoisted(() => ({
  latestLocation: { pathname: '/inbox/one' },
  state: { resolvedLocation: { pathname: '/inbox/one' } },
}));
vi.mock('@tanstack/react-router', () => ({ useRouter: () => router }));

const e = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  e.mockReset();
});
afterEach(() => {
  router.latestLocation.pathname = '/inbox/one';
  document.body.replaceChildren();
  vi.useRealTimers();
});

type Props = { came: boolean; gone: boolean };
// → how often it is done for the key, once the conversation is there: the press itself knows of nothing.
function after(meanwhile: () => void, gone = false): number {
  const { result, rerender } = renderHook(
    ({ came, gone }: Props) => usePressed({ e }, came, gone),
    {
      initialProps: { came: false, gone },
    },
  );
  act(() => result.current.act('e'));
  e.mockReset();
  meanwhile();
  rerender({ came: true, gone: false });
  const done = e.mock.calls.length;
  cleanup();
  return done;
}

it('M-7 a key pressed early is done once the conversation is there', () => {
  expect(after(() => {})).toBe(1);
});

it.each([
  ['presses elsewhere', () => fireEvent.pointerDown(document.body)],
  ['presses another key', () => fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })],
  ['has waited for long', () => vi.advanceTimersByTime(5001)],
  ['is on the way elsewhere', () => (router.latestLocation.pathname = '/sent')],
  [
    'has opened something over it',
    () => document.body.append(Object.assign(document.createElement('div'), { role: 'dialog' })),
  ],
])('M-7 nothing is done late for whoever %s', (_, meanwhile) => {
  expect(after(() => void meanwhile())).toBe(0);
});

it('M-7 where the conversation has failed, no key is kept for it', () => {
  expect(after(() => {}, true)).toBe(0);
});
