import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it } from 'vitest';
import { useForVisit } from './for-visit';

it('C-1 what was chosen and taken back stays taken back', () => {
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const provider = () =>
    renderHook(() => useForVisit<string | undefined>('provider', undefined), { wrapper });
  const first = provider();
  act(() => first.result.current[1]('gmail'));
  first.unmount();
  const second = provider();
  expect(second.result.current[0]).toBe('gmail');
  act(() => second.result.current[1](undefined));
  second.unmount();
  expect(provider().result.current[0]).toBeUndefined();
});
