import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { keepOrder, orderOf, useOrder } from './order';
import { addressOf, filterOf, narrowingIn } from './turns';

it('M-8 who has waited longest stands first until its reader says otherwise, in each list where somebody waits', () => {
  const { result, rerender } = renderHook(() => useOrder('ada'));
  expect(result.current).toBeUndefined();
  act(() => keepOrder('ada', 'longest'));
  rerender();
  expect(result.current).toBe('longest');
  expect(orderOf('ben'), 'somebody else’s').toBeUndefined();

  const inbox = narrowingIn('inbox', {}, orderOf('ada'));
  expect(filterOf('inbox', 'to_answer', inbox)).toEqual({
    place: 'inbox',
    triage: 'to_answer',
    order: 'longest',
  });
  expect(addressOf('inbox', 'to_answer', inbox), 'a colleague sees the same').toEqual({
    order: 'longest',
  });
  expect(narrowingIn('inbox', { tab: 'done' }, orderOf('ada'))).toEqual({});
  expect(narrowingIn('all', {}, orderOf('ada'))).toEqual({});

  act(() => keepOrder('ada', undefined));
  expect(result.current).toBeUndefined();
});
