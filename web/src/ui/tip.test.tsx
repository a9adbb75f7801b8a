import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Tip } from './tip';

const page = () =>
  render(
    <>
      <Tip text="Put away" shortcut="e">
        <button type="button">One</button>
      </Tip>
      <Tip text="Mark as unread">
        <button type="button">Two</button>
      </Tip>
    </>,
  );
const tips = () => screen.queryAllByRole('tooltip').map((one) => one.textContent);
const says = (...wanted: string[]) => waitFor(() => expect(tips()).toEqual(wanted));

it('M-7 what a button is for is said where it has the focus, to who doesn’t see as well', async () => {
  page();
  const one = screen.getByText('One');
  one.focus();
  await says('Put awaye');
  expect(one.getAttribute('aria-describedby')).toBe(screen.getByRole('tooltip').id);
  expect(document.activeElement).toBe(one);
  screen.getByText('Two').focus();
  await says('Mark as unread');
  expect(one.getAttribute('aria-describedby')).toBeNull();
  fireEvent.keyDown(screen.getByText('Two'), { key: 'Escape' });
  await says();
});

it('M-7 where a pointer rests, and while it is in what is said; not where it presses', async () => {
  page();
  const [one, two] = [screen.getByText('One'), screen.getByText('Two')];
  fireEvent.pointerMove(one);
  expect(tips()).toEqual([]);
  await says('Put awaye');
  fireEvent.pointerLeave(one);
  fireEvent.pointerEnter(screen.getByRole('tooltip'));
  await new Promise((done) => setTimeout(done, 300));
  expect(tips()).toEqual(['Put awaye']);
  fireEvent.pointerLeave(screen.getByRole('tooltip'));
  await says();
  fireEvent.pointerMove(two);
  fireEvent.pointerDown(two);
  two.focus();
  await new Promise((done) => setTimeout(done, 600));
  expect(tips()).toEqual([]);
});
