import { expect, it, vi } from 'vitest';
import { client, endSession, isLost, Left, unwrap } from './client';

const gets = () => unwrap(client.GET('/me'));

it.each([
  ['answered', () => Response.json({ user: { id: 'ada' } })],
  ['refused', () => Response.json({ code: 'http.busy', title: 'x' }, { status: 503 })],
  [
    'lost',
    () => {
      throw new TypeError('network');
    },
  ],
])('tells nobody what whoever has left asked for (%s)', async (_, answer) => {
  let come = () => {};
  const coming = new Promise<void>((resolve) => {
    come = resolve;
  });
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => coming.then(answer));
  const asked = gets().catch((error: unknown) => error);
  endSession();
  come();
  const error = await asked;
  expect(error).toBeInstanceOf(Left);
  expect(isLost(error)).toBe(true); // it may have been done
});

it('goes on telling who is in now', async () => {
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ user: { id: 'bob' } }));
  expect(await gets()).toEqual({ user: { id: 'bob' } });
});
