import { act, renderHook } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { Asking, COMPOSED, GAP, PATIENCE, useAnswered, useAsked, useLasting } from './asking';

let asked: string[];
let asking: Asking;
const after = (ms: number) => vi.advanceTimersByTime(ms);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  asked = [];
  asking = new Asking('', (words) => asked.push(words));
  return () => vi.useRealTimers();
});

it('M-6 the first letter is asked at once, and so is each after an answer', () => {
  asking.want('m');
  expect(asked).toEqual(['m']);
  asking.answered('m');
  after(GAP);
  asking.want('mo');
  expect(asked).toEqual(['m', 'mo']);
});

it('M-6 while an answer is under way only the newest words are kept', () => {
  asking.want('m');
  after(GAP);
  asking.want('mo');
  asking.want('mon');
  expect(asked).toEqual(['m']);
  asking.answered('m');
  expect(asked).toEqual(['m', 'mon']);
});

it('M-6 an answer that takes long isn’t waited for', () => {
  asking.want('m');
  after(PATIENCE - 1);
  asking.want('mo');
  expect(asked).toEqual(['m']);
  after(1);
  expect(asked).toEqual(['m', 'mo']);
  asking.want('mon');
  asking.answered('m'); // which is nobody's any more
  expect(asked).toEqual(['m', 'mo']);
});

it('M-6 a key that is held asks no more than a gap allows, and the last words always', () => {
  const words = 'a very long line of text';
  for (let length = words.length; length > 0; length--) {
    asking.want(words.slice(0, length));
    asking.answered(asked.at(-1)!);
    after(30);
  }
  after(GAP);
  expect(asked.length).toBeLessThanOrEqual((words.length * 30) / GAP + 1);
  expect(asked.at(-1)).toBe('a');
});

it('M-6 what is as it was asked is asked no more', () => {
  asking.want('m');
  asking.want('mo');
  asking.want('m');
  after(1000);
  expect(asked).toEqual(['m']);
  asking.askNow('m');
  expect(asked).toEqual(['m']);
});

it('M-6 words of an input method are asked once nothing more is typed, or it has ended', () => {
  asking.want('か', true);
  after(COMPOSED - 1);
  asking.want('かん', true);
  asking.answered('');
  after(COMPOSED - 1);
  expect(asked).toEqual([]);
  after(1);
  expect(asked).toEqual(['かん']);
  asking.answered('かん');
  after(GAP);
  asking.want('漢', true);
  asking.want('漢', false);
  expect(asked).toEqual(['かん', '漢']);
});

it('M-6 another question from elsewhere takes the place of what was typed before it', () => {
  asking.want('m');
  asking.want('mo');
  asking.told('a link');
  after(1000);
  expect(asked).toEqual(['m']);
  asking.want('x');
  expect(asked).toEqual(['m', 'x']);
});

it('M-6 whoever leaves asks nothing more', () => {
  asking.want('m');
  asking.want('mo');
  asking.stop();
  after(1000);
  expect(asked).toEqual(['m']);
});

it('M-6 a place asks by it, and says when the answer is there', () => {
  const { result, rerender } = renderHook(
    ({ words, underWay }) => {
      const [now, asking] = useAsked(words, false);
      useAnswered(asking, now, underWay);
      return now;
    },
    { initialProps: { words: '', underWay: false } },
  );
  act(() => void after(GAP));
  rerender({ words: 'm', underWay: true });
  expect(result.current).toBe('m');
  rerender({ words: 'mon', underWay: true });
  act(() => void after(GAP));
  expect(result.current).toBe('m');
  rerender({ words: 'mon', underWay: false });
  expect(result.current).toBe('mon');
});

it('M-6 what is over soon is never shown as lasting', () => {
  const { result, rerender } = renderHook(({ state }) => useLasting(state, 150), {
    initialProps: { state: true },
  });
  act(() => void after(149));
  expect(result.current).toBe(false);
  act(() => void after(1));
  expect(result.current).toBe(true);
  rerender({ state: false });
  expect(result.current).toBe(false);
});
