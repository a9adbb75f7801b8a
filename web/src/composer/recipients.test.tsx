import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Recipients } from './recipients';

const chipOf = (name: string, address = 'x@evil.example') => {
  const value = [{ name, address }];
  const { container } = render(<Recipients label="To" value={value} onChange={() => {}} />);
  return container.querySelector<HTMLElement>('.chip')!;
};
const words = (chip: HTMLElement) =>
  [...chip.querySelectorAll('.chip-who > *')].map((one) => one.textContent);

it('U4 a recipient’s name stands before the address, and hides nothing of it', () => {
  const chip = chipOf('Ada Lovelace');
  expect(words(chip)).toEqual(['Ada Lovelace', 'x@evil.example']);
  expect(chip.title).toBe('Ada Lovelace <x@evil.example>');
});

it.each(['ada@lindenhof.example', 'ada\u200b@lindenhof.example', 'Ada (ada＠lindenhof.example)'])(
  'U4 THREAT1 a recipient’s name that says another address stands after it, as what it calls itself: %j',
  (name) => {
    const chip = chipOf(name);
    const seen = name.replace('\u200b', '');
    expect(words(chip)).toEqual(['x@evil.example', `calls itself “${seen}”`]);
    expect(chip.title).toBe(`x@evil.example (calls itself “${seen}”)`);
  },
);

it('U4 THREAT1 what isn’t seen is taken out of a recipient’s name', () => {
  expect(words(chipOf('\u202eAda\u200b \u0007 Lo\u2066velace'))[0]).toBe('Ada Lovelace');
  expect(words(chipOf('\u200b\u202e'))).toEqual(['x@evil.example']);
});

it('U4 a recipient’s name that is the address is said once', () => {
  expect(words(chipOf('X@evil.example'))).toEqual(['x@evil.example']);
});

it('THREAT1 an address with something in it that isn’t seen is none', () => {
  const chip = chipOf('', 'ada\u200b@lindenhof.example');
  expect(chip.className).toContain('bad');
  expect(screen.getByLabelText('Not a valid address')).toBeTruthy();
});
