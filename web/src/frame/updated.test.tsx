import { act, renderHook, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveState } from '../api/events';
import { useUpdated } from './updated';

const pageWith = (script: string) =>
  `<!doctype html><script type="module" crossorigin src="${script}"></script><div id="root"></div>`;
let script: HTMLScriptElement;
beforeEach(() => {
  script = document.createElement('script');
  script.type = 'module';
  script.setAttribute('src', '/assets/main-1.js');
  document.head.append(script);
});
afterEach(() => {
  script.remove();
  vi.restoreAllMocks();
});

const comes = (page: string, status = 200) =>
  vi
    .spyOn(globalThis, 'fetch')
    .mockReset()
    .mockImplementation(async () => new Response(page, { status }));
const open = () =>
  renderHook(({ live }) => useUpdated(live), {
    initialProps: { live: 'connecting' as LiveState },
  });

it('O-1 a page that is older than its server says so once the connection is back', async () => {
  const asked = comes(pageWith('/assets/main-2.js'));
  const { result, rerender } = open();
  rerender({ live: 'live' });
  await act(async () => {});
  expect(asked).not.toHaveBeenCalled(); // it has just come from there
  vi.spyOn(performance, 'now').mockReturnValue(120_000); // or has it
  open().rerender({ live: 'live' });
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  rerender({ live: 'lost' });
  rerender({ live: 'live' });
  await waitFor(() => expect(result.current).toBe(true));
});

it.each([
  ['the same server is back', pageWith('/assets/main-1.js'), 200],
  ['somebody on the way answers', '<h1>We are down</h1>', 200],
  ['it isn’t there after all', pageWith('/assets/main-2.js'), 502],
])('and nothing where %s', async (_, page, status) => {
  const asked = comes(page, status);
  const { result, rerender } = open();
  for (const live of ['live', 'lost', 'live'] as const) rerender({ live });
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  await act(async () => {});
  expect(result.current).toBe(false);
});
