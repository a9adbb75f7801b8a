import { expect, it } from 'vitest';
import { shareOf } from './fitting';

it('fits what is too wide to its room, down to half its size', () => {
  const rows = [
    [600, 600, 1],
    [604, 600, 1], // a few pixels are nobody's concern
    [605, 600, 600 / 605],
    [1200, 600, 0.5],
    [6000, 600, 0.5],
    [100, 600, 1],
    [600, 0, 1], // not laid out yet
  ] as const;
  for (const [natural, room, share] of rows)
    expect(shareOf(natural, room), `${natural} in ${room}`).toBe(share);
});

it('goes on from the share that it has, without slack and no further than asked', () => {
  const rows = [
    [610, 600, 0.6, 0.5, (0.6 * 600 * 0.99) / 610], // what got no smaller with the rest
    [601, 600, 0.6, 0.5, (0.6 * 600 * 0.99) / 601],
    [600, 600, 0.6, 0.5, 0.6],
    [900, 600, 0.6, 0.5, 0.5],
    [900, 600, 1, 0.8, 0.8], // a quote in a letter that is small already
    [900, 600, 1, 1, 1],
  ] as const;
  for (const [natural, room, share, least, next] of rows)
    expect(shareOf(natural, room, share, least), `${natural} in ${room}`).toBe(next);
});
