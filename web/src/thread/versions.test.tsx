import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { keys, type Message } from '../api/queries';
import { i18n, switchLanguage } from '../i18n';
import { MessageCard } from './message';
import { countOf, rowsOf, shownOf } from './versions';

const message = (id: string, more: Partial<Message> = {}): Message => ({
  id,
  from: [{ name: 'Jane', address: 'jane@post.example' }],
  to: [],
  cc: [],
  people_left_out: 0,
  subject: 'My portfolio',
  date: '2026-11-26T07:50:08Z',
  kind: 'human',
  direction: 'incoming',
  snippet: `See ${id}`,
  attachments: [],
  versions: 1,
  version_of: null,
  version_in: [],
  why: { by: 'address', detail: '', corrected: null },
  outbox: null,
  ...more,
});
const first = message('one', { versions: 2 });
const second = message('two', { versions: 2, version_of: 'one', version_in: ['clara'] });
const shape = (messages: Message[]) =>
  rowsOf(messages).map((row) => [row.id, row.versions.map((one) => one.id)]);

function Rows(props: { messages: Message[]; open: boolean; onReply: (message: Message) => void }) {
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  return rowsOf(props.messages).map((row) => (
    <MessageCard
      key={row.id}
      message={shownOf(row, picked)}
      row={row.id}
      versions={row.versions}
      open={props.open}
      onToggle={() => {}}
      onPick={(of, one) => setPicked(new Map([[of, one]]))}
      onReply={props.onReply}
    />
  ));
}

describe('versions of one message', () => {
  it('are one row, where the first of them stands; nothing else is', () => {
    expect(shape([message('a'), first, message('b'), second])).toEqual([
      ['a', ['a']],
      ['one', ['one', 'two']],
      ['b', ['b']],
    ]);
    expect(shape([second, first])).toEqual([['one', ['one', 'two']]]);
  });
  it('keep their row when an older page brings the first', () => {
    expect(shape([second])).toEqual([['one', ['two']]]);
    expect(shape([first, second])).toEqual([['one', ['one', 'two']]]);
  });
  it('show the one that was picked, waits, is mine, or came first', () => {
    const shown = (versions: Message[], picked: [string, string][] = []) =>
      shownOf({ id: 'one', versions }, new Map(picked)).id;
    expect(shown([first, second])).toBe('two');
    expect(shown([first, { ...second, version_in: [] }])).toBe('one');
    expect(shown([first, second], [['one', 'one']])).toBe('one');
    const outbox = { state: 'uncertain' } as Message['outbox'];
    expect(shown([{ ...first, outbox }, second])).toBe('one');
  });
});

describe('a row with versions', () => {
  function show(messages: Message[], open = true) {
    const queries = new QueryClient({
      defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
    });
    queries.setQueryData(keys.me, {
      user: { id: 'clara', email: 'clara@n.example', time_zone: 'UTC' },
    });
    queries.setQueryData(keys.mailboxes, [{ id: 'clara', address: 'clara@lindenhof.example' }]);
    for (const one of messages) {
      const text = `The words of ${one.id}`;
      const body = { text, fresh: text, quoted: '', signature: '', html: '', defects: [] };
      queries.setQueryData(keys.body(one.id), body);
    }
    const answered: string[] = [];
    render(
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <Rows messages={messages} open={open} onReply={(one) => answered.push(one.id)} />
        </Tooltip.Provider>
      </QueryClientProvider>,
    );
    return answered;
  }

  it('says which is shown and where it was received; the other is one step away', () => {
    const answered = show([first, second]);
    expect(screen.getAllByRole('article')).toHaveLength(1);
    const said = () => screen.getByRole('status').textContent;
    expect(said()).toBe('Version 2 of 2 · received in clara@lindenhof.example');
    expect(screen.getByText('The words of two')).toBeTruthy();
    const other = screen.getByRole('button', { name: 'Show version 1' });
    fireEvent.click(other);
    expect(said()).toBe('Version 1 of 2 · received in a colleague’s mailbox');
    expect(screen.getByText('The words of one')).toBeTruthy();
    expect(screen.queryByText('The words of two')).toBeNull();
    expect(screen.getByRole('button', { name: 'Show version 2' })).toBe(other); // focus stays
    fireEvent.click(screen.getByRole('button', { name: 'Reply' }));
    expect(answered).toEqual(['one']);
  });
  it('says how many there are while it is folded', () => {
    show([first, second], false);
    expect(screen.getByText('2 versions')).toBeTruthy();
  });
  it('says so where others are on an older page', () => {
    show([second]);
    expect(screen.getByRole('status').textContent).toBe(
      '2 versions of this message. “Show older messages” brings the others.',
    );
    expect(screen.queryByRole('button', { name: /Show version/ })).toBeNull();
  });
  it('is said in each language', async () => {
    const words = () => i18n.t('message.version', { number: 1, count: 2 });
    await switchLanguage('de');
    expect(words()).toBe('Fassung 1 von 2');
    await switchLanguage('fr');
    expect(words()).toBe('Version 1 sur 2');
    await switchLanguage('en');
    expect(words()).toBe('Version 1 of 2');
  });
});

it('counts them all, also where an older page was fetched before the others came', () => {
  const stale = message('one'),
    fresh = message('two', { versions: 2, version_of: 'one' });
  expect(countOf(stale, [stale, fresh])).toBe(2);
  expect(countOf(fresh, [fresh])).toBe(2);
  expect(countOf(stale)).toBe(1);
});
