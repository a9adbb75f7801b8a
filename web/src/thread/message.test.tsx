import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it } from 'vitest';
import { keys, type Message } from '../api/queries';
import { i18n, switchLanguage } from '../i18n';
import { InConversation } from './correcting';
import { MessageCard } from './message';

const MESSAGE: Message = {
  id: 'm1',
  from: [{ name: 'Léa', address: 'lea@c.example' }],
  to: [{ name: 'Anna', address: 'anna@n.example' }],
  cc: [],
  people_left_out: 0,
  subject: 'Hello',
  date: '2025-03-04T13:05:00Z',
  kind: 'human',
  direction: 'incoming',
  snippet: 'Dear Anna',
  attachments: [],
  versions: 1,
  version_of: null,
  version_in: [],
  why: { by: 'address', detail: '', corrected: null },
  outbox: null,
};
const CV = {
  index: 0,
  filename: 'cv.pdf',
  type: 'application/pdf',
  octets: 9,
  content_id: '',
  inline: false,
};
let queries: QueryClient;

beforeEach(() => {
  queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  queries.setQueryData(keys.me, {
    user: { id: 'anna', email: 'Anna@n.example', time_zone: 'UTC' },
  });
});

function show(message: Message, open: boolean, body: { fresh?: string; quoted?: string } = {}) {
  const { fresh = '', quoted = '' } = body;
  queries.setQueryData(keys.body(message.id), {
    text: `${fresh}${quoted}`,
    fresh,
    quoted,
    signature: '',
    html: '',
    defects: [],
  });
  return render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <MessageCard
          message={message}
          row={message.id}
          open={open}
          onToggle={() => {}}
          onPick={() => {}}
          onReply={() => {}}
        />
      </Tooltip.Provider>
    </QueryClientProvider>,
  ).container;
}

describe('a message in its conversation', () => {
  it('says how many more it names than are listed', () => {
    show({ ...MESSAGE, people_left_out: 1900 }, true);
    fireEvent.click(screen.getByText('to me'));
    expect(screen.getByText('and 1900 more people')).toBeTruthy();
  });
  it('U4 THREAT1 nobody whom it went to hides behind a name, folded or open', () => {
    const evil = { name: 'ada\u200b@lindenhof.example', address: 'x@evil.example' };
    const home = { name: '\u202eJane @ Home', address: 'jane@c.example' };
    const shown = show({ ...MESSAGE, from: [evil], to: [evil, home], cc: MESSAGE.to }, true);
    const [who, other] = [
      'x@evil.example (calls itself “ada@lindenhof.example”)',
      'jane@c.example (Jane @ Home)',
    ];
    expect(screen.getByRole('article').getAttribute('aria-label')).toContain(who);
    fireEvent.click(screen.getByText(`to ${who}, ${other}, me`));
    const people = [...shown.querySelectorAll('.person')].map((one) =>
      [...one.children].map((part) => part.textContent),
    );
    expect(people).toEqual([
      ['x@evil.example', 'calls itself “ada@lindenhof.example”'],
      ['x@evil.example', 'calls itself “ada@lindenhof.example”'],
      ['jane@c.example', 'Jane @ Home'],
      ['Anna', 'anna@n.example'],
    ]);
  });

  it('says that it has files while it is folded; pictures in the text are none', () => {
    show({ ...MESSAGE, attachments: [CV] }, false);
    expect(screen.getByLabelText('Has attachments')).toBeTruthy();
    show({ ...MESSAGE, id: 'm2', attachments: [{ ...CV, inline: true }] }, false);
    expect(screen.getAllByLabelText('Has attachments')).toHaveLength(1);
  });

  it('has its time when it is open, however old', () => {
    const time = show(MESSAGE, true).querySelector('time');
    expect(time?.textContent).toMatch(/2025.*1:05/);
  });

  it('shows what is answered between the lines as quotes, without their marks', () => {
    const fresh = 'Hi\n> > When?\n> Monday?\nMonday is fine.\n> And where?\nIn Berlin.';
    const shown = show(MESSAGE, true, { fresh });
    expect(shown.textContent).not.toContain('>');
    const quotes = [...shown.querySelectorAll('blockquote')];
    expect(quotes.map((one) => one.lastElementChild?.textContent)).toEqual([
      'Monday?',
      'And where?',
    ]);
    expect(quotes[0]!.querySelector('details')!.textContent).toContain('When?');
    expect(screen.getByText('Monday is fine.').closest('blockquote')).toBeNull();
  });

  it('that is nothing but a quote shows it as one', () => {
    const shown = show(MESSAGE, true, { quoted: '> > first\n> second' });
    expect(shown.textContent).not.toContain('>');
    expect(screen.getByText('second').closest('details')!.open).toBe(true);
  });
});

it('“1 new” is said as it is in each language', async () => {
  const words = (count: number) => i18n.t('list.new', { count });
  expect([words(1), words(2)]).toEqual(['1 new', '2 new']);
  await switchLanguage('fr');
  expect([words(1), words(2)]).toEqual(['1 nouvelle', '2 nouvelles']);
  await switchLanguage('de');
  expect([words(1), words(2)]).toEqual(['1 neue', '2 neue']);
  await switchLanguage('en');
});

it('U4 a candidate without a name beside their address is called by the one that they have here', () => {
  const of = { id: 't', candidate: 'lea', candidate_name: 'Léa', count: 1 };
  queries.setQueryData(keys.candidate('lea'), {
    id: 'lea',
    name: 'Léa Martin',
    addresses: [{ address: 'lea@c.example', synced: true }],
  });
  const from = (address: string) => (
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <InConversation.Provider value={{ ...of, kind: 'conversation' }}>
          <MessageCard
            message={{ ...MESSAGE, id: address, from: [{ name: '', address }] }}
            row="r"
            open={false}
            onToggle={() => {}}
            onPick={() => {}}
            onReply={() => {}}
          />
        </InConversation.Provider>
      </Tooltip.Provider>
    </QueryClientProvider>
  );
  render(from('lea@c.example'));
  screen.getByText('Léa Martin');
  render(from('other@c.example'));
  screen.getByText('other@c.example');
  expect(screen.getAllByText('Léa Martin')).toHaveLength(1);
});
