import { act, fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import { listenToKeys } from '../frame/shortcuts';
import { forgetNotices, Notices, notifier, notify } from './notice';

it('a later notice about the same thing takes the place of the earlier one', () => {
  render(
    <Tooltip.Provider>
      <Notices />
    </Tooltip.Provider>,
  );
  act(() => {
    notify('Saved');
    notify('Box is off', { about: 'box' });
    notify('Other is off', { about: 'other' });
    notify('Box is on', { about: 'box' });
  });
  expect(screen.queryByText('Box is off')).toBeNull();
  for (const text of ['Saved', 'Other is off', 'Box is on']) screen.getByText(text);
});

const shown = () =>
  render(
    <Tooltip.Provider>
      <main id="main" tabIndex={-1}>
        <button type="button">A row</button>
      </main>
      <Notices />
    </Tooltip.Provider>,
  );

it('M-8 z takes back what the newest notice offers to take back, once', () => {
  const end = listenToKeys();
  shown();
  const [first, second] = [vi.fn(), vi.fn()];
  act(() => {
    notify('One is done', { action: { label: 'Undo', run: first } });
    notify('Two is done', { action: { label: 'Undo', run: second } });
    notify('Your message is on its way');
  });
  // Whoever means what came last isn't given back what lies before it.
  fireEvent.keyDown(document.body, { key: 'z' });
  expect([first, second].map((one) => one.mock.calls.length)).toEqual([0, 0]);
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1)!);
  fireEvent.keyDown(document.body, { key: 'z' });
  expect(second).toHaveBeenCalledOnce();
  expect(screen.queryByText('Two is done')).toBeNull();
  fireEvent.keyDown(document.body, { key: 'z' });
  fireEvent.keyDown(document.body, { key: 'z' });
  expect([first, second].map((one) => one.mock.calls.length)).toEqual([1, 1]);
  end();
});

it('stays while it has the focus, which goes back to where it was', () => {
  vi.useFakeTimers();
  shown();
  const row = screen.getByRole('button', { name: 'A row' });
  row.focus();
  act(() => notify('Away', { action: { label: 'Take back', run: () => {} } }));
  const undo = screen.getByRole('button', { name: 'Take back' });
  act(() => undo.focus());
  act(() => void vi.advanceTimersByTime(60_000));
  expect(document.activeElement).toBe(undo);
  fireEvent.click(undo);
  expect(screen.queryByText('Away')).toBeNull();
  expect(document.activeElement).toBe(row);
  act(() => notify('Once more', { action: { label: 'Take back', run: () => {} } }));
  act(() => void vi.advanceTimersByTime(60_000));
  expect(screen.queryByText('Once more')).toBeNull();
  vi.useRealTimers();
});

it('W-5 nothing that was said to one user is there for the next one', () => {
  const end = listenToKeys();
  shown();
  const run = vi.fn();
  act(() => {
    notify('Léa could not be marked', { tone: 'problem' });
    notify('Léa is done', { action: { label: 'Undo', run } });
  });
  const late = notifier();
  act(forgetNotices);
  act(() => late('Léa could not be put away', { tone: 'problem' }));
  expect(screen.queryByText(/Léa/)).toBeNull();
  fireEvent.keyDown(document.body, { key: 'z' });
  expect(run).not.toHaveBeenCalled();
  end();
});
