import { QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { mailboxesQuery } from './queries';

it('knows all mailboxes, though the server gives them in pages', async () => {
  const pages: Record<string, object> = {
    '': { rows: [{ id: 'one' }, { id: 'two' }], next: 'more' },
    more: { rows: [{ id: 'three' }], next: null },
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const cursor = new URL((input as Request).url).searchParams.get('cursor') ?? '';
    return Response.json(pages[cursor]);
  });
  const mailboxes = await new QueryClient().fetchQuery(mailboxesQuery);
  expect(mailboxes.map((one) => one.id)).toEqual(['one', 'two', 'three']);
});
