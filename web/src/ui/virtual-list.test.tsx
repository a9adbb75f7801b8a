import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useEffect, useState } from 'react';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { arrive, leadNowhere } from '../frame/leading';
import { listenToKeys, useShortcuts } from '../frame/shortcuts';
import { VirtualList } from './virtual-list';

const items = ['first', 'second'].map((id) => ({ id }));

function List({ onOpen }: { onOpen: (id: string) => void }) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  useEffect(listenToKeys, []);
  return (
    <>
      <button type="button">Reply</button>
      <div ref={setScroller}>
        <VirtualList label="rows" items={items} current="first" scroller={scroller}>
          {(item, tabIndex) => (
            <a href={`#${item.id}`} tabIndex={tabIndex} onClick={() => onOpen(item.id)}>
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

const hundred = Array.from({ length: 100 }, (_, at) => ({ id: `row ${at}` }));

function Pane({ rows, current }: { rows: { id: string }[]; current?: string | undefined }) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  useEffect(listenToKeys, []);
  return (
    <main id="main" tabIndex={-1}>
      <button type="button">Before</button>
      <div ref={setScroller}>
        <VirtualList label="rows" items={rows} current={current} scroller={scroller}>
          {(item, tabIndex) => (
            <a href={`#${item.id}`} tabIndex={tabIndex}>
              {item.id}
            </a>
          )}
        </VirtualList>
      </div>
      <button type="button">After</button>
    </main>
  );
}
const focusOn = (name: string) =>
  waitFor(() => expect(document.activeElement?.textContent).toBe(name));

// There is no layout here: the pane is 800 px high.
beforeEach(() => {
  leadNowhere();
  window.history.replaceState(null, '');
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800);
  return () => vi.restoreAllMocks();
});

it('M-7 is one stop of the Tab key, and goes on at the row that was left, by its id', async () => {
  const { rerender } = render(<Pane rows={hundred} />);
  screen.getByRole('button', { name: 'Before' }).focus();
  await userEvent.tab();
  await focusOn('row 0');
  await userEvent.keyboard('{ArrowDown}');
  await focusOn('row 1');
  await userEvent.keyboard('j');
  await focusOn('row 2');
  await userEvent.tab();
  await focusOn('After');
  rerender(<Pane rows={[{ id: 'new' }, ...hundred]} />);
  await userEvent.tab({ shift: true });
  await focusOn('row 2');
  await userEvent.keyboard('{ArrowUp}');
  await focusOn('row 1');
  await userEvent.keyboard('{Home}');
  await focusOn('new');
  await userEvent.tab({ shift: true });
  await focusOn('Before');
});

it('M-7 the last row is one key away, and stays the stop when it isn’t in sight', async () => {
  render(<Pane rows={hundred} />);
  screen.getByRole('button', { name: 'Before' }).focus();
  await userEvent.tab();
  await userEvent.keyboard('{End}');
  await focusOn('row 99');
  await userEvent.tab({ shift: true });
  await userEvent.tab();
  await focusOn('row 99');
});

it('M-7 a row that is gone leaves its place to the next one', async () => {
  const { rerender } = render(<Pane rows={hundred} />);
  screen.getByText('row 5').focus();
  screen.getByRole('button', { name: 'Before' }).focus();
  rerender(<Pane rows={hundred.filter((row) => row.id !== 'row 5')} />);
  await userEvent.tab();
  await focusOn('row 6');
});

it('M-7 closing what was open gives the focus back to its row', async () => {
  const { rerender } = render(<Pane rows={hundred} current="row 7" />);
  rerender(<Pane rows={hundred} current="row 3" />);
  document.getElementById('main')?.focus();
  rerender(<Pane rows={hundred} />);
  await focusOn('row 3');
  // Not from whoever is somewhere else by choice.
  rerender(<Pane rows={hundred} current="row 3" />);
  screen.getByRole('button', { name: 'After' }).focus();
  rerender(<Pane rows={hundred} />);
  await focusOn('After');
});

it('M-7 the focus doesn’t stay on the row of what was open before', async () => {
  const { rerender } = render(<Pane rows={hundred} current="row 7" />);
  screen.getByText('row 7').focus();
  rerender(<Pane rows={hundred} current="row 6" />);
  await focusOn('row 6');
});

it('M-7 on a page to which one comes back the row that was left has the focus', async () => {
  window.history.replaceState({ __TSR_key: 'one' }, '');
  const first = render(<Pane rows={hundred} />);
  screen.getByText('row 4').focus();
  first.unmount();
  window.history.replaceState({ __TSR_key: 'two' }, '');
  const other = render(<Pane rows={hundred} />);
  await new Promise(requestAnimationFrame);
  expect(document.activeElement).toBe(document.body);
  other.unmount();
  window.history.replaceState({ __TSR_key: 'one' }, '');
  render(<Pane rows={hundred} />);
  await focusOn('row 4');
});

it('M-8 gives the focus to what took the place of a row that went', async () => {
  const { rerender } = render(<Pane rows={hundred} />);
  await userEvent.keyboard('jjj');
  await waitFor(() => expect(document.activeElement?.textContent).toBe('row 2'));
  rerender(<Pane rows={hundred.filter((row) => row.id !== 'row 2')} />);
  await waitFor(() => expect(document.activeElement?.textContent).toBe('row 3'));
});

it.each([
  ['has left', hundred.slice(1)],
  ['has come', [{ id: 'new' }, ...hundred]],
])(
  'M-8 j leads to what was next when it was pressed, though a row above %s since',
  async (_, later) => {
    const opened: (string | null)[] = [];
    const note = (event: Event) => opened.push((event.target as Element).textContent);
    document.addEventListener('click', note);
    const { rerender } = render(<Pane rows={hundred} current="row 1" />);
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
    rerender(<Pane rows={later} current="row 1" />);
    await waitFor(() => expect(opened).toEqual(['row 2']));
    document.removeEventListener('click', note);
  },
);

function Away({ onKey }: { onKey: () => void }) {
  useShortcuts({ e: onKey });
  return null;
}

it('M-8 what is pressed before the row is reached is meant for that row', async () => {
  const done: (string | null | undefined)[] = [];
  const opened: (string | null)[] = [];
  const { container } = render(
    <>
      <Pane rows={hundred} />
      <Away onKey={() => done.push(document.activeElement?.textContent)} />
    </>,
  );
  container.addEventListener('click', ({ target }) => opened.push((target as Element).textContent));
  const press = (...keys: string[]) => {
    for (const key of keys) {
      const init = { key, bubbles: true, cancelable: true };
      const target = document.activeElement!;
      const native = target.dispatchEvent(new KeyboardEvent('keydown', init));
      if (native && key === 'Enter') (target as HTMLElement).click(); // as browsers do
    }
  };
  press('j');
  await focusOn('row 0');
  press('j', 'e');
  expect(done).toEqual([]);
  await waitFor(() => expect(done).toEqual(['row 1']));
  press('j', 'j', 'Enter');
  await waitFor(() => expect(opened).toEqual(['row 3']));
  press('Enter');
  expect(opened).toEqual(['row 3', 'row 3']);
});

it.each([
  ['another press', 'j', 'goes on to the next one', 'row 3'],
  ['back', 'k', 'goes back to the one before', 'row 1'],
])('M-8 %s (%s) while a row opens %s', async (_, key, __, then) => {
  const opened: string[] = [];
  const click = (event: MouseEvent) => opened.push((event.target as HTMLElement).textContent);
  document.addEventListener('click', click);
  const { rerender } = render(<Pane rows={hundred} current="row 1" />);
  await userEvent.keyboard('j');
  await waitFor(() => expect(opened).toEqual(['row 2']));
  await userEvent.keyboard(key);
  rerender(<Pane rows={hundred} current="row 2" />); // only now it is there
  await waitFor(() => expect(opened).toEqual(['row 2', then]));
  document.removeEventListener('click', click);
});

it('M-8 what follows two presses waits for the second row, whatever opened in between', async () => {
  const opened: string[] = [];
  const done = vi.fn();
  const click = (event: MouseEvent) => opened.push((event.target as HTMLElement).textContent);
  document.addEventListener('click', click);
  const { unmount } = render(
    <>
      <Pane rows={hundred} current="row 1" />
      <Away onKey={done} />
    </>,
  );
  const press = (key: string) =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  press('j');
  await waitFor(() => expect(opened).toEqual(['row 2']));
  press('j');
  press('e');
  arrive(); // row 2 is there
  expect(done).not.toHaveBeenCalled();
  await waitFor(() => expect(opened).toEqual(['row 2', 'row 3']));
  arrive();
  expect(done).toHaveBeenCalledOnce();
  press('j');
  unmount();
  arrive(); // nothing is left to wait for
  document.removeEventListener('click', click);
});

it('stays where it was scrolled to before it was drawn a second time', () => {
  Element.prototype.scrollTo = function to(this: Element, where?: ScrollToOptions | number) {
    if (typeof where === 'object') this.scrollTop = where.top ?? this.scrollTop;
  } as typeof Element.prototype.scrollTo;
  const { rerender } = render(<Pane rows={hundred} />);
  const pane = screen.getByRole('list', { name: 'rows' }).parentElement!;
  pane.scrollTop = 150;
  rerender(<Pane rows={[...hundred]} />);
  expect(pane.scrollTop).toBe(150);
});

function scrolls() {
  vi.spyOn(Element.prototype, 'scrollHeight', 'get').mockReturnValue(5600);
  const scrolled = vi.fn();
  Object.defineProperty(Element.prototype, 'scrollTo', {
    configurable: true,
    value: ({ top }: { top: number }) => top > 0 && scrolled(top),
  });
  onTestFinished(() => {
    delete (Element.prototype as Partial<Element>).scrollTo;
  });
  return scrolled;
}

it('M-7 what is opened from elsewhere is in sight, and nobody who scrolls is taken back to it', () => {
  const scrolled = scrolls();
  const fifty = hundred.slice(0, 50);
  const { rerender } = render(<Pane rows={fifty} current="row 3" />);
  expect(scrolled).not.toHaveBeenCalled();
  rerender(<Pane rows={fifty} current="row 40" />);
  expect(scrolled).toHaveBeenLastCalledWith(41 * 56 - 800);
  // Once: what comes above it later doesn't.
  scrolled.mockClear();
  rerender(<Pane rows={[{ id: 'new' }, ...fifty]} current="row 40" />);
  expect(scrolled).not.toHaveBeenCalled();
  // Of a further page, which somebody scrolled to.
  rerender(<Pane rows={fifty} current="row 70" />);
  rerender(<Pane rows={hundred} current="row 70" />);
  expect(scrolled).not.toHaveBeenCalled();
});

it('M-7 an address that is opened stands in sight once its list is there', () => {
  const scrolled = scrolls();
  const { rerender } = render(<Pane rows={[]} current="row 60" />);
  rerender(<Pane rows={hundred} current="row 60" />);
  expect(scrolled).toHaveBeenLastCalledWith(61 * 56 - 800);
});
