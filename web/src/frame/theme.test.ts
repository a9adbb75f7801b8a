import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { chooseTheme, currentTheme, followTheme, useTheme } from './hooks';

it('M-7 holds in all tabs when it is chosen in one', () => {
  const stop = followTheme();
  const { result } = renderHook(() => useTheme());
  const another = (key: string, newValue: string | null) =>
    act(() => void window.dispatchEvent(new StorageEvent('storage', { key, newValue })));
  act(() => chooseTheme('light'));
  another('hearback.theme', 'dark');
  expect(result.current).toBe('dark');
  expect(document.documentElement.dataset.theme).toBe('dark');
  another('hearback.language', 'light');
  expect(currentTheme()).toBe('dark');
  another('hearback.theme', null);
  expect(result.current).toBe('system');
  stop();
  another('hearback.theme', 'dark');
  expect(currentTheme()).toBe('system');
});
