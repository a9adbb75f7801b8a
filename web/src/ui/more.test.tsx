import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { More } from './more';

function List() {
  const [left, setLeft] = useState(2);
  const fetchNextPage = async () => {
    setLeft(left - 1);
    return { hasNextPage: left > 1 };
  };
  return (
    <>
      <button type="button">above</button>
      <More of={{ hasNextPage: left > 0, isFetchingNextPage: false, fetchNextPage }} />
      <button type="button">below</button>
    </>
  );
}

it('leaves the focus where the list goes on, also after the last page', async () => {
  render(<List />);
  screen.getByRole('button', { name: 'Show more' }).focus();
  await userEvent.keyboard('{Enter}');
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Show more' }));
  await userEvent.keyboard('{Enter}');
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  await userEvent.tab();
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'below' }));
});
