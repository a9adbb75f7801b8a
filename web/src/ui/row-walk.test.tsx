import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { listenToKeys } from '../frame/shortcuts';
import { useRowWalk } from './row-walk';

const onEnd = vi.fn();
const opened = vi.fn();
function List({ ids }: { ids: readonly string[] }) {
  const walk = useRowWalk(onEnd);
  return (
    <ul {...walk}>
      {ids.map((id) => (
        <li key={id} data-id={id}>
          <a href={`#${id}`} onClick={() => opened(id)}>
            {id}
          </a>
          <button type="button">more of {id}</button>
        </li>
      ))}
    </ul>
  );
}
const focused = () => document.activeElement?.textContent;

describe('M-7 a list whose rows are all there, by keyboard', () => {
  beforeEach(() => {
    onEnd.mockClear();
    opened.mockClear();
    return listenToKeys();
  });
  it('j and k go along its links, and stop at its ends', async () => {
    render(<List ids={['a', 'b', 'c']} />);
    await userEvent.keyboard('j');
    expect(focused()).toBe('a');
    await userEvent.keyboard('kj');
    expect(focused()).toBe('b');
    expect(onEnd).not.toHaveBeenCalled();
    await userEvent.keyboard('jj');
    expect(focused()).toBe('c');
    expect(onEnd).toHaveBeenCalled();
    await userEvent.keyboard('o');
    expect(opened).toHaveBeenCalledExactlyOnceWith('c');
    await userEvent.keyboard('{Home}');
    expect(focused()).toBe('a');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(focused()).toBe('b');
  });
  it('they count from the row on whose button one stands, wherever it has gone', async () => {
    const { rerender } = render(<List ids={['a', 'b', 'c']} />);
    screen.getByText('more of b').focus();
    await userEvent.keyboard('k');
    expect(focused()).toBe('a');
    rerender(<List ids={['x', 'y', 'a', 'b']} />);
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('j');
    expect(focused()).toBe('b');
  });
  it('nothing happens where there is none', async () => {
    render(<List ids={[]} />);
    await userEvent.keyboard('jko');
    expect(document.activeElement).toBe(document.body);
  });
});
