import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Button } from './button';

it('one that can’t be pressed for now keeps the focus, and does nothing', () => {
  const [pressed, sent] = [
    vi.fn(),
    vi.fn((event: { preventDefault: () => void }) => event.preventDefault()),
  ];
  const form = (disabled: boolean) => (
    <form onSubmit={sent}>
      <Button type="submit" disabled={disabled} onClick={pressed}>
        Save
      </Button>
    </form>
  );
  const { rerender } = render(form(false));
  const button = screen.getByRole('button', { name: 'Save' });
  button.focus();
  rerender(form(true));
  expect(document.activeElement).toBe(button);
  expect(button.matches(':disabled')).toBe(false); // browsers take the focus from what is
  expect(button.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(button);
  expect([pressed.mock.calls.length, sent.mock.calls.length]).toEqual([0, 0]);
  rerender(form(false));
  fireEvent.click(button);
  expect([pressed.mock.calls.length, sent.mock.calls.length]).toEqual([1, 1]);
});
