import { act, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

// As where the words' file isn't there: the server is a newer one, or the line broke.
let missing = 0;
vi.doMock('./ui/fetch-module', () => ({
  fetchModule: <M,>(load: () => Promise<M>) =>
    missing-- > 0 ? Promise.reject(new TypeError('Failed to fetch')) : load(),
}));

it('says in words of its own that the words don’t come, and asks for them again', async () => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  missing = 2;
  vi.spyOn(globalThis, 'fetch').mockReturnValue(new Promise(() => {}));
  vi.spyOn(window, 'scrollTo').mockReturnValue();
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  document.body.innerHTML = '<div id="root"></div>';
  await act(() => import('./main'));
  expect(screen.getByRole('alert').textContent).toContain('A part of this page didn’t come');
  screen.getByRole('button', { name: 'Load the page again' });
  await act(() => vi.advanceTimersByTimeAsync(1900));
  expect(missing).toBe(1);
  await act(() => vi.advanceTimersByTimeAsync(200));
  screen.getByRole('alert'); // once more in vain
  await act(() => vi.advanceTimersByTimeAsync(2100));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  expect(document.documentElement.lang).toBe('en');
  vi.useRealTimers();
});
