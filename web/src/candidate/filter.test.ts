import { expect, it } from 'vitest';
import { asId } from './filter';

it('O-5 a phase in the address that is no id is none', () => {
  const id = '0192f0c4-7b1e-7c3a-9f00-00000000a001';
  expect(asId(id)).toBe(id);
  for (const other of ['interview', `${id}0`, 7, true, undefined])
    expect(asId(other)).toBeUndefined();
});
