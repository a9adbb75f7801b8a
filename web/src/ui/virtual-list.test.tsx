import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useEffect, useRef } from 'react';
import { expect, it, vi } from 'vitest';
import { listenToKeys } from '../frame/shortcuts';
import { VirtualList } from './virtual-list';

const items = ['first', 'second'].map((id) => ({ id }));

function List({ onOpen }: { onOpen: (id: string) => void }) {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(listenToKeys, []);
  return (
    <>
      <button type="button">Reply</button>
      <div ref={scroller}>
        <VirtualList label="rows" items={items} current="first" scroller={scroller}>
          {(item) => (
            <a href={`#${item.id}`} onClick={() => onOpen(item.id)}>
              {item.id}
            </a>
          )}
        </VirtualList>
      </div>
    </>
  );
}

it('goes to the row that is open where none comes before it', async () => {
  const onOpen = vi.fn();
  render(<List onOpen={onOpen} />);
  screen.getByRole('button', { name: 'Reply' }).focus();
  await userEvent.keyboard('k');
  await waitFor(() =>
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'first' })),
  );
  expect(onOpen).not.toHaveBeenCalled();
  await userEvent.keyboard('j');
  await waitFor(() => expect(onOpen.mock.calls).toEqual([['second']]));
});
