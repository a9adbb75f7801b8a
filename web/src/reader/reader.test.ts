import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { boxOf, MOST_DRAWN, nextToDraw, scaleOf, sharpness, toForget } from './pages';
import { heard } from './protocol';

describe('M-9 what the frame says is not believed', () => {
  it.each([
    { kind: 'opened', pages: 3, shown: 3 },
    { kind: 'page', number: 2 },
    { kind: 'failed', why: 'password' },
    { kind: 'key', key: 'Escape', shift: false },
    { kind: 'need', id: 1, folder: 'cmaps', name: 'UniGB-UTF16-H.bcmap' },
    { kind: 'need', id: 1, folder: 'fonts', name: 'LiberationSans-Bold.ttf' },
    { kind: 'pong' },
  ])('but $kind is heard', (said) => {
    expect(heard(said)).toEqual(said);
  });
  it.each([
    undefined,
    null,
    'Escape',
    { kind: 'go', to: 'https://elsewhere.example' },
    { kind: 'opened', pages: Number.POSITIVE_INFINITY, shown: 1 },
    { kind: 'opened', pages: -1, shown: 1 },
    { kind: 'opened', pages: '<b>3</b>', shown: 1 },
    { kind: 'page', number: 1.5 },
    { kind: 'failed', why: 'Please type your password at elsewhere.example' },
    { kind: 'key', key: 'e', shift: false },
    { kind: 'need', id: 1, folder: '..', name: 'x.bcmap' },
    { kind: 'need', id: 1, folder: 'cmaps', name: '../../api/v1/me' },
    { kind: 'need', id: 1, folder: 'cmaps', name: '.bcmap' },
    { kind: 'need', id: 1, folder: 'cmaps', name: 'a?b=c' },
    { kind: 'need', id: {}, folder: 'cmaps', name: 'a.bcmap' },
  ])('%j is not', (said) => {
    expect(heard(said)).toBeUndefined();
  });
  it('nothing comes along with what is heard', () => {
    expect(heard({ kind: 'pong', extra: 'x' })).toEqual({ kind: 'pong' });
  });
});

describe('pages, whatever the file says of them', () => {
  const a4 = { width: 595, height: 842 };
  it('fit the room, or have their size', () => {
    expect(boxOf(a4, scaleOf(a4, 'fit', 619)).width).toBe(595);
    expect(boxOf(a4, scaleOf(a4, 'actual', 200)).width).toBe(793);
  });
  it('are never larger than a browser can draw, nor smaller than one can see', () => {
    for (const size of [
      { width: 1e9, height: 1 },
      { width: 1, height: 1e9 },
      { width: Number.NaN, height: -5 },
    ])
      for (const zoom of ['fit', 'actual'] as const) {
        const box = boxOf(size, scaleOf(size, zoom, 600));
        expect(box.width).toBeGreaterThanOrEqual(16);
        expect(box.width).toBeLessThanOrEqual(8000);
        expect(box.height).toBeLessThanOrEqual(8000);
        const sharp = sharpness(box, 3);
        expect(box.width * sharp * box.height * sharp).toBeLessThanOrEqual(12_000_001);
      }
  });
  it('the nearest is drawn first, and the farthest goes', () => {
    expect(nextToDraw(new Set([4, 5, 6]), new Set([5]), 5)).toBe(4);
    expect(nextToDraw(new Set([5]), new Set([5]), 5)).toBeUndefined();
    const drawn = new Set(Array.from({ length: MOST_DRAWN + 2 }, (_, at) => at + 1));
    expect(toForget(drawn, 10)).toEqual([1, 2]);
    expect(toForget(new Set([1, 2]), 1)).toEqual([]);
  });
  it('tiny ones don’t fill the machine', () => {
    const near = new Set(Array.from({ length: 500 }, (_, at) => at + 1));
    let drawn = new Set<number>();
    for (let step = 0; step < 20; step++) {
      const next = nextToDraw(near, drawn, 100);
      if (next !== undefined) drawn = new Set([...drawn, next]);
    }
    expect(drawn.size).toBe(MOST_DRAWN);
  });
});

describe('the frame’s own document', () => {
  const page = readFileSync(join(import.meta.dirname, 'reader.html'), 'utf8');
  it('has one script, from its own folder, and nothing from elsewhere', () => {
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/reader/reader.js" defer>']);
    expect(page).not.toMatch(/https?:|\son\w+=/);
  });
});
