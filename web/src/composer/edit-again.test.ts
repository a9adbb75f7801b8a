import { QueryClient } from '@tanstack/react-query';
import { beforeEach, expect, it } from 'vitest';
import { keys, type Message, mailboxesQuery, type OutboxMessage } from '../api/queries';
import { BODY, draft, message, OUTBOX } from './composer.fixtures';
import { keepDraft, readDraft } from './drafts';
import { editAgain } from './edit-again';

const FILE = { filename: 'offer.pdf', type: 'application/pdf', octets: 9 };
const LETTER: Message = {
  ...message,
  id: 'm2',
  from: [{ name: 'Anna', address: 'anna@n.example' }],
  to: [{ name: 'Léa', address: 'lea@c.example' }],
  cc: [{ name: '', address: 'mira@n.example' }],
  subject: 'Re: Hello',
  direction: 'outgoing',
  attachments: [{ ...FILE, index: 3, content_id: '', inline: false }],
};
const row = (state: OutboxMessage['state']) =>
  ({ ...OUTBOX, state, bcc: ['boss@n.example'] }) as OutboxMessage;
let queries: QueryClient;
const edit = (state: OutboxMessage['state'] = 'failed') =>
  editAgain(queries, 'anna', LETTER, row(state));
const kept = () => readDraft('anna', 'thread:t1');

beforeEach(() => {
  queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  const html = '<p>Dear <b>Léa</b></p><img src="x" onerror="alert(1)"><blockquote>Hi</blockquote>';
  queries.setQueryData(keys.body('m2'), { ...BODY, text: 'Dear Léa', html });
  const box = { address_proof: 'sign_in', state: 'active' };
  queries.setQueryData(mailboxesQuery.queryKey, [
    { ...box, id: 'other', address: 'mira@n.example' },
    { ...box, id: 'box', address: 'anna@n.example' },
  ] as never);
});

it('W-5 lays a letter that was refused on the table again, whole, in the place of that one', async () => {
  expect(await edit()).toBe(true);
  expect(kept()).toMatchObject({
    answers: { id: 'm2' },
    replaces: 'o1',
    mailbox: 'box',
    to: [{ name: 'Léa', address: 'lea@c.example' }],
    cc: [{ name: '', address: 'mira@n.example' }],
    bcc: [{ name: '', address: 'boss@n.example' }],
    subject: 'Re: Hello',
    rich: true,
    uploads: [{ id: 'm2:3', ...FILE, lies: { message: 'm2', index: 3 } }],
    quote: false,
  });
  expect(kept()!.html).toContain('Dear <b>Léa</b>');
  expect(kept()!.html).not.toContain('onerror');
});

it.each([['bounced'], ['cancelled']] as const)(
  'W-5 replaces nothing where it is %s',
  async (state) => {
    expect(await edit(state)).toBe(true);
    expect(kept()).not.toHaveProperty('replaces');
  },
);

it('W-5 writes over no draft, but for its own', async () => {
  keepDraft('anna', 'thread:t1', draft);
  expect(await edit()).toBe(false);
  expect(kept()).toEqual(draft);
  localStorage.clear();
  await edit();
  const written = { ...kept()!, subject: 'Put right' };
  keepDraft('anna', 'thread:t1', written);
  expect(await edit()).toBe(true);
  expect(kept()!.subject).toBe('Put right');
});
