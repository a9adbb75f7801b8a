import { act, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { part } from './part';

const Told = () => <p>Told</p>;

it('REL3 a part that says nothing is asked for until it is there', async () => {
  vi.useFakeTimers();
  try {
    let asked = 0;
    const Part = part(
      async () => {
        if (++asked < 3) throw new TypeError('away');
        return { Told };
      },
      'Told',
      { silent: true },
    );
    render(<Part />);
    await act(() => vi.advanceTimersByTimeAsync(2500));
    expect(document.body.textContent).toBe('');
    await act(() => vi.advanceTimersByTimeAsync(20_000));
    screen.getByText('Told');
  } finally {
    vi.useRealTimers();
  }
});
