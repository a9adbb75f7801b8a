import { expect, it } from 'vitest';
import { shareOf } from './body-frame';

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
