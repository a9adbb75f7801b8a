import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FILES_OCTETS, filesOver, MESSAGE_OCTETS } from './uploads';

const limits = readFileSync(join(import.meta.dirname, '../../../src/base/limits.hpp'), 'utf8');
const limit = (name: string) => {
  const [, units, bits] = new RegExp(`\\b${name} = (\\d+)u << (\\d+);`).exec(limits)!;
  return Number(units) * 2 ** Number(bits);
};

it('knows what the server lets a message have', () => {
  expect(MESSAGE_OCTETS).toBe(limit('outgoing_octets'));
  expect(limit('upload_octets')).toBeGreaterThan(FILES_OCTETS); // or it would be the one to name
});

it('counts files as they travel', () => {
  const lines = (octets: number) => {
    const letters = Math.ceil(octets / 3) * 4;
    return letters + 2 * Math.ceil(letters / 76);
  };
  expect(lines(FILES_OCTETS)).toBeLessThanOrEqual(MESSAGE_OCTETS + 6);
  expect(lines(FILES_OCTETS + 57)).toBeGreaterThan(MESSAGE_OCTETS);
  expect(filesOver([{ octets: FILES_OCTETS - 5 }, { octets: 5 }])).toBe(0);
  expect(filesOver([{ octets: FILES_OCTETS }, { octets: 5 }])).toBe(5);
});
