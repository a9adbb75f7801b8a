import { act, fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import { listenToKeys } from '../frame/shortcuts';
import { forgetNotices, leavePage, Notices, notifier, notify, unsay } from './notice';

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
  screen.getByText('There is nothing to undo');
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1)!);
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1)!);
  fireEvent.keyDown(document.body, { key: 'z' });
  expect(second).toHaveBeenCalledOnce();
  expect(screen.queryByText('Two is done')).toBeNull();
  fireEvent.keyDown(document.body, { key: 'z' });
  fireEvent.keyDown(document.body, { key: 'z' });
  expect([first, second].map((one) => one.mock.calls.length)).toEqual([1, 1]);
  end();
});

it('has the mark of what was done only where something was', () => {
  const { container } = shown();
  act(() => {
    notify('Done');
    notify('There is nothing', { tone: 'note' });
    notify('It failed', { tone: 'problem' });
  });
  const marks = [...container.querySelectorAll('.notice > svg')].map((one) => one.classList[1]);
  expect(new Set(marks).size).toBe(3);
  act(forgetNotices);
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

it('M-8 what is done ten times is one notice, and z takes one after the other back', () => {
  act(forgetNotices);
  const end = listenToKeys();
  shown();
  const undone: number[] = [];
  act(() => {
    for (let at = 1; at <= 10; at++)
      notify(`${at} is done`, {
        about: `turn ${at}`,
        series: 'turn',
        action: { label: 'Undo', run: () => undone.push(at) },
      });
    notify('3 could not be put away', { about: 'turn 3', tone: 'problem' });
  });
  expect(screen.getAllByRole('button', { name: 'Close' })).toHaveLength(2);
  expect(screen.getByText(/^10 is done/).textContent).toBe('10 is done · and 8 before');
  for (let press = 0; press < 9; press++) fireEvent.keyDown(document.body, { key: 'z' });
  expect(undone).toEqual([10, 9, 8, 7, 6, 5, 4, 2, 1]);
  fireEvent.keyDown(document.body, { key: 'z' });
  fireEvent.keyDown(document.body, { key: 'z' });
  expect(screen.getAllByText('There is nothing to undo')).toHaveLength(1);
  end();
});

it('what isn’t so any more is said no longer', () => {
  act(forgetNotices);
  shown();
  act(() => {
    notify('To Ada is on its way', { about: 'answer a', series: 'sent' });
    notify('To Ben is on its way', { about: 'answer b', series: 'sent' });
    unsay('answer b');
  });
  screen.getByText('To Ada is on its way');
  expect(screen.queryByText(/To Ben/)).toBeNull();
});

it('W-5 several losses are one notice, and put away one after the other', () => {
  act(forgetNotices);
  shown();
  const show = vi.fn();
  const lose = (name: string) =>
    notify(`Not sent to ${name}`, {
      tone: 'problem',
      loss: true,
      series: 'unsent',
      about: `unsent ${name}`,
      action: { label: 'Show', run: () => show(name), shows: true },
    });
  const said = () => [...document.querySelectorAll('.notice span')].map((one) => one.textContent);
  act(() => {
    for (const name of ['Ada', 'Ben', 'Cleo', 'Dan']) {
      lose(name);
      notify(`${name} is done`);
    }
    lose('Ben'); // once more
  });
  expect(said().filter((words) => words?.startsWith('Not sent'))).toEqual([
    'Not sent to Ben · and 3 before',
  ]);
  const button = (name: string) =>
    screen.getByText(/^Not sent/).parentElement!.querySelector<HTMLElement>(name)!;
  fireEvent.click(button('[aria-label=Close]'));
  screen.getByText('Not sent to Dan');
  fireEvent.click(button('button')); // it is shown: the others are still lost
  expect(show).toHaveBeenCalledWith('Dan');
  act(() => unsay('unsent Cleo'));
  expect(screen.getByText(/^Not sent/).textContent).toBe('Not sent to Ada');
  fireEvent.click(button('[aria-label=Close]'));
  expect(screen.queryByText(/^Not sent/)).toBeNull();
  act(forgetNotices);
});

it('W-5 what tells of a loss stays until it is dismissed, whatever is said after it', () => {
  act(forgetNotices);
  shown();
  act(() => {
    notify('Not sent to Ada', { tone: 'problem', loss: true });
    for (let at = 1; at <= 5; at++) notify(`${at} is done`);
    notify('Not sent to Ben', { tone: 'problem', loss: true });
    notify('There is nothing', { tone: 'note' });
  });
  const there = [...document.querySelectorAll('.notice')].map((one) => one.textContent);
  expect(there).toEqual([
    'Not sent to Ada',
    '4 is done',
    '5 is done',
    'Not sent to Ben',
    'There is nothing',
  ]);
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0]!);
  expect(screen.queryByText('Not sent to Ada')).toBeNull();
  act(forgetNotices);
});

it('what was said of a page goes with it, but for what can be taken back, is lost or was said just now', () => {
  vi.useFakeTimers({ now: 100_000 });
  render(
    <Tooltip.Provider>
      <Notices />
    </Tooltip.Provider>,
  );
  const shown = () => [...document.querySelectorAll('.notice')].map((one) => one.textContent);
  act(() => {
    notify('Lost', { tone: 'problem', loss: true });
    notify('Could not be saved', { tone: 'problem' });
    notify('Saved');
    notify('Done', { action: { label: 'Undo', run: () => {} } });
  });
  act(() => leavePage());
  expect(shown()).toHaveLength(4);
  act(() => void vi.advanceTimersByTime(4200));
  act(() => void notify('Added', { tone: 'note' }));
  act(() => leavePage());
  expect(shown().join('|')).toMatch(/^Lost.*Done.*Added/);
  expect(shown()).toHaveLength(3);
  act(() => forgetNotices());
  vi.useRealTimers();
});
