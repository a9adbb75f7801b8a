import { expect, it } from 'vitest';
import { askedFor, sameName } from './same-name';

it.each([
  ['Jana Novák', 'novak, JANA', true],
  ['Jana Novak', 'Jana', false],
  ['Jana Novak', 'Jana Novakova', false],
  ['Ana Ana', 'Ana', false],
  ['', '', false],
  ['–', '…', false],
  ['Emre Yıldız', 'YILDIZ Emre', true],
  ['李 明', '明 李', true],
  ['Þór Guðni', 'thor gudni', true],
  ['राम', 'रोम', false],
  ['かな', 'がな', false],
  ['สมชาย', 'สมัชาย', false],
])('%s and %s are the same name: %s', (one, other, same) => {
  expect(sameName(one, other)).toBe(same);
});

it('asks for all its words, or enough of them', () => {
  expect(askedFor('Novák, Jo van ')).toBe('Novák Jo van');
  expect(askedFor('a b c d e f g h')).toBe('a b c d e f');
  expect(askedFor(' ')).toBe('');
});
