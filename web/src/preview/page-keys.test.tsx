import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { listenToKeys, useShortcuts } from '../frame/shortcuts';
import { passToPage } from './page-keys';

const done = { j: vi.fn(), e: vi.fn(), ['g i']: vi.fn(), ['?']: vi.fn() };

function Page({ dialog = false }: { dialog?: boolean }) {
  useShortcuts(done);
  return (
    <main id="main" tabIndex={-1}>
      <div className="split-list">
        <a href="/one" className="thread-row">
          One
        </a>
        <a href="/two" className="thread-row" aria-current="true">
          Two
        </a>
      </div>
      <button type="button">The frame</button>
      <input aria-label="A field" />
      {dialog && <div role="dialog" />}
    </main>
  );
}

beforeEach(() => {
  for (const one of Object.values(done)) one.mockClear();
  return listenToKeys();
});
function show(dialog = false) {
  render(<Page dialog={dialog} />);
  screen.getByText('The frame').focus();
}
const focused = () => document.activeElement?.textContent;
const letGo = (key: string, more = {}) =>
  fireEvent.keyUp(document.activeElement!, { key, ...more });

it('M-9 j goes along the list, whose row has the focus then', () => {
  show();
  act(() => passToPage('j'));
  expect(done.j).toHaveBeenCalledOnce();
  expect(focused()).toBe('Two');
  letGo('j');
  expect(done.j).toHaveBeenCalledOnce();
});

it('THREAT1 what a frame says was pressed is done when a person lets it go', () => {
  show();
  act(() => passToPage('e'));
  expect(done.e).not.toHaveBeenCalled();
  expect(focused()).toBe('Two');
  fireEvent.keyDown(document.activeElement!, { key: 'e', repeat: true });
  letGo('e');
  expect(done.e).toHaveBeenCalledOnce();
  letGo('e');
  expect(done.e).toHaveBeenCalledOnce();
});

it('THREAT1 saying it again, or what nobody presses, does nothing', () => {
  vi.useFakeTimers();
  show();
  for (let times = 0; times < 50; times++) act(() => passToPage('e'));
  letGo('x');
  letGo('e', { ctrlKey: true });
  letGo('e');
  act(() => passToPage('e'));
  vi.advanceTimersByTime(2_001);
  letGo('e');
  expect(done.e).not.toHaveBeenCalled();
  vi.useRealTimers();
});

it('M-9 another key that is pressed meanwhile counts, and it alone', () => {
  show();
  act(() => passToPage('e'));
  fireEvent.keyDown(document.activeElement!, { key: '?' });
  letGo('e');
  expect(done['?']).toHaveBeenCalledOnce();
  expect(done.e).not.toHaveBeenCalled();
});

it('M-9 g goes with what is pressed next', () => {
  show();
  act(() => passToPage('g'));
  letGo('g');
  fireEvent.keyDown(document.activeElement!, { key: 'i' });
  expect(done['g i']).toHaveBeenCalledOnce();
});

it('M-9 who writes by then isn’t taken from it', () => {
  show();
  act(() => passToPage('e'));
  screen.getByLabelText('A field').focus();
  letGo('e');
  expect(done.e).not.toHaveBeenCalled();
});

it('M-9 a dialog keeps its keys', () => {
  show(true);
  act(() => passToPage('j'));
  expect(done.j).not.toHaveBeenCalled();
  expect(focused()).toBe('The frame');
});
