import { describe, expect, it } from 'vitest';
import {
  adding,
  asDay,
  completed,
  dayOf,
  filtersOf,
  partsOf,
  placeAt,
  quoted,
  without,
  written,
} from './query';

const told = (text: string) =>
  partsOf(text).map(
    ({ without: not, operator, words }) =>
      `${not ? '-' : ''}${operator ? `${operator}:` : ''}${words}`,
  );

describe('M-6 what is in the box', () => {
  it.each([
    ['', []],
    ['welder  zürich', ['welder', 'zürich']],
    ['from:anna TO:ben', ['from:anna', 'to:ben']],
    ['from:"Anna Koch" x', ['from:Anna Koch', 'x']],
    ['"start date', ['start date']],
    ['„erster Tag“ «premier jour» “day one”', ['erster Tag', 'premier jour', 'day one']],
    ['-agency -from:bob - x', ['-agency', '-from:bob', '-', 'x']],
    ['color:red https://a.example 12:30', ['color:red', 'https://a.example', '12:30']],
    ['from:', ['from:']],
    ['ab"c d"', ['ab', 'c d']],
  ])('%j', (text, parts) => {
    expect(told(text)).toEqual(parts);
    for (const part of partsOf(text)) expect(part.end).toBeGreaterThan(part.start);
  });

  it('filters are what says something', () => {
    const text = 'x from: is:unread -to:ben is:red -job:x before:soon after:2026-11 has:wings';
    expect(filtersOf(text).map((one) => one.operator)).toEqual(['is', 'to', 'after']);
  });

  it.each([
    ['anna', 'anna'],
    ['Anna  Koch', '"Anna Koch"'],
    ['The "best" welder', '"The best welder"'],
    ['-x', '"-x"'],
    ['a:b', '"a:b"'],
    ['anna.b@acme.example', 'anna.b@acme.example'],
    ['“', '""'],
  ])('quoted: %s', (value, expected) => {
    expect(quoted(value)).toBe(expected);
    expect(partsOf(written('from', value))).toHaveLength(1);
  });

  it('a part is taken away, and added, with one blank between the others', () => {
    const text = 'cv  from:"Anna Koch"  zürich';
    expect(without(text, partsOf(text)[1]!)).toBe('cv zürich');
    expect(adding('', 'is:unread')).toBe('is:unread');
    expect(adding('cv ', 'is:unread')).toBe('cv is:unread');
  });
});

describe('M-6 what could stand where the caret is', () => {
  const at = (marked: string) => {
    const caret = marked.indexOf('|');
    return placeAt(marked.replace('|', ''), caret);
  };
  it.each([
    ['fr|', { of: 'operator', typed: 'fr' }],
    ['cv -fr|', { of: 'operator', typed: 'fr', without: true }],
    ['f|', undefined], // any word begins with a letter
    ['fr|om', undefined],
    ['from:|', { of: 'value', operator: 'from', typed: '' }],
    ['from:an|na x', { of: 'value', operator: 'from', typed: 'an' }],
    ['from:"anna k|', { of: 'value', operator: 'from', typed: 'anna k' }],
    ['from:anna |', undefined],
    ['fro|m:anna', undefined],
    ['|from:anna', undefined],
    ['"fr|', undefined],
  ])('%s', (marked, expected) => {
    if (expected) expect(at(marked)).toMatchObject(expected);
    else expect(at(marked)).toBeUndefined();
  });

  const done = (marked: string, chosen: string) => {
    const caret = marked.indexOf('|');
    const text = marked.replace('|', '');
    const { text: after, caret: to } = completed(text, placeAt(text, caret)!, chosen);
    return `${after.slice(0, to)}|${after.slice(to)}`;
  };
  it('is written there, with its quotation marks, and the caret goes on behind it', () => {
    expect(done('cv fr|', 'from')).toBe('cv from:|');
    expect(done('from:an|', 'Anna Koch')).toBe('from:"Anna Koch" |');
    expect(done('from:an| zürich', 'anna@c.example')).toBe('from:anna@c.example |zürich');
    expect(done('-from:"an|na"', 'Ben')).toBe('-from:Ben |');
    expect(done('is:|', 'unread')).toBe('is:unread |');
  });
});

describe('days', () => {
  it('are those of the reader', () => {
    const late = new Date('2026-11-28T23:30:00Z');
    expect(dayOf(late, 'Europe/Berlin')).toBe('2026-11-29');
    expect(dayOf(late, 'America/New_York')).toBe('2026-11-28');
    expect(dayOf(late, 'No/Where')).toMatch(/^2026-11-2[89]$/);
  });
  it.each([
    ['28.11.2026', '2026-11-28'],
    ['1/2/26', '2026-02-01'],
    ['31.2.2026', undefined],
    ['28.11.', undefined],
    ['2026-11-28', undefined],
  ])('as people write them: %s', (typed, day) => {
    expect(asDay(typed)).toBe(day);
  });
});
