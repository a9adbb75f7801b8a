import { createBrowserHistory } from '@tanstack/react-router';
import { act, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closesByBack, useBackCloses } from './on-top';

let history: ReturnType<typeof createBrowserHistory>;
const inWindow = (width: number) =>
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: width <= Number(/max-width: (\d+)px/.exec(query)?.[1]),
  }));
beforeEach(async () => {
  inWindow(390);
  history = createBrowserHistory();
  closesByBack(history);
  for (const address of ['/inbox', '/inbox/one']) {
    history.push(address);
    await settled();
  }
});
afterEach(() => history.destroy());

const settled = () => act(() => new Promise((done) => setTimeout(done, 50)));
const back = async () => {
  history.back();
  await settled();
};
const closed: string[] = [];
function Lying({ what, open = true }: { what: string; open?: boolean }) {
  useBackCloses(open, () => closed.push(what));
  return null;
}
const shown = (...which: [what: string, open: boolean][]) => (
  <>
    {which.map(([what, open]) => (
      <Lying key={what} what={what} open={open} />
    ))}
  </>
);

it('M-7 on a phone Back closes what is on top before it leaves the conversation', async () => {
  closed.length = 0;
  const { rerender } = render(shown(['card', true]));
  rerender(shown(['card', true], ['file', true]));
  await back();
  expect(closed).toEqual(['file']);
  expect(window.location.pathname).toBe('/inbox/one');
  rerender(shown(['card', true], ['file', false]));
  await back();
  expect(closed).toEqual(['file', 'card']);
  expect(window.location.pathname).toBe('/inbox/one');
  rerender(shown(['card', false], ['file', false]));
  await back();
  expect(window.location.pathname).toBe('/inbox');
});

it('M-7 at wide widths Back goes back', async () => {
  inWindow(1280);
  closed.length = 0;
  render(shown(['card', true]));
  await back();
  expect(closed).toEqual([]);
  expect(window.location.pathname).toBe('/inbox');
});

it('M-7 what is open by its address is closed by it', async () => {
  closed.length = 0;
  history.push('/inbox/one?add=true');
  await settled();
  render(shown(['adding', true]));
  await back();
  expect(closed).toEqual([]);
  expect(window.location.search).toBe('');
  expect(window.location.pathname).toBe('/inbox/one');
});

function Going() {
  useBackCloses(true, () => history.push('/inbox/two'));
  return null;
}
it('M-7 what goes elsewhere as it is closed is where it went, and Back leads from there', async () => {
  const { unmount } = render(<Going />);
  await back();
  await settled();
  expect(window.location.pathname).toBe('/inbox/two');
  unmount();
  await back();
  expect(window.location.pathname).toBe('/inbox/one');
  await back();
  expect(window.location.pathname).toBe('/inbox');
});
