import { beforeEach, expect, it, vi } from 'vitest';
import { forgetRecent, recentOf, remember } from './recent';
import { askBox, forgetWay, isSearch, listenForBox, notice, takeAsked, wayOut } from './way';

const at = (pathname: string, index: number, search = '') => ({
  pathname,
  href: pathname + search,
  state: { __TSR_index: index },
});
beforeEach(() => {
  forgetWay();
  sessionStorage.clear();
});

it('M-6 leads back to where one came from, however many conversations were opened', () => {
  expect(wayOut(0)).toEqual({ href: '/inbox' });
  notice(at('/inbox', 3, '?tab=waiting'), at('/search', 4));
  notice(at('/search', 4), at('/search/abc', 5));
  expect(wayOut(5)).toEqual({ steps: -2 });
  // Back before it, and there again by the browser's own button: its address is known still.
  expect(wayOut(3)).toEqual({ href: '/inbox?tab=waiting' });
  notice(at('/jobs', 1), at('/search', 2));
  expect(wayOut(2)).toEqual({ steps: -1 });
});

it('M-6 knows its own addresses', () => {
  expect(['/search', '/search/x', '/searching', '/inbox'].map(isSearch)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('M-6 whoever asks for the box gets it, now or when it is there', () => {
  askBox();
  expect([takeAsked(), takeAsked()]).toEqual([true, false]);
  const focus = vi.fn();
  const end = listenForBox(focus);
  askBox();
  expect(focus).toHaveBeenCalledOnce();
  expect(takeAsked()).toBe(false);
  end();
});

it('M-6 remembers what was searched for, of whoever is signed in, until they leave', () => {
  for (const one of ['a', 'b', ' a ', '', 'c', 'd', 'e', 'f']) remember('ada', one);
  expect(recentOf('ada')).toEqual(['f', 'e', 'd', 'c', 'a']);
  remember('ben', 'x');
  expect([recentOf('ada'), recentOf('ben')]).toEqual([[], ['x']]);
  sessionStorage.setItem('hearback.searched', '{');
  expect(recentOf('ben')).toEqual([]);
  remember('ben', 'x');
  forgetRecent();
  expect(recentOf('ben')).toEqual([]);
});
