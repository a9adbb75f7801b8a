import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import type { Candidate, Message } from '../api/queries';
import { rowsOf } from '../thread/versions';
import { answeredFirst, entriesOf, factsOf, moveWords, rowsByDate } from './timeline';

const t = ((key: string, words: Record<string, string> = {}) =>
  [key.replace('timeline.', ''), ...Object.values(words)].join(' ')) as unknown as TFunction;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 9, minute)).toISOString();
const lea = {
  created: at(10),
  applications: [{ id: 'a', job_title: 'Baker', created: at(10) }],
  addresses: [
    { address: 'first@x', synced: true, since: at(10) },
    { address: 'later@x', synced: true, since: at(30) },
    { address: 'off@x', synced: false, since: at(40) },
  ],
} as unknown as Candidate;
const message = (id: string, minute: number, version_of: string | null = null) =>
  ({ id, date: at(minute), version_of }) as Message;

it('M-9 what the profile tells: who came, to which job, which addresses since', () => {
  expect(factsOf(lea, t).map(({ words }) => words)).toEqual([
    'added',
    'applied Baker',
    'address later@x',
    'addressOff off@x',
  ]);
  const never = { address: 'never@x', synced: false, why_not: 'internal-user', since: at(10) };
  const jo = { ...lea, addresses: [never] };
  expect(factsOf(jo, t).map(({ words }) => words)).toEqual(['added', 'applied Baker']);
});

it('M-9 by date, among the messages; a version is no message of its own', () => {
  const rows = rowsOf([message('m1', 5), message('m2', 20), message('again', 21, 'm2')]);
  const thread = (id: string) => ({ id: `of ${id}`, subject: '', kind: 'conversation' as const });
  const entries = entriesOf(rows, thread, factsOf(lea, t), false);
  expect(entries.map((one) => ('fact' in one ? one.fact.words : one.row.id))).toEqual([
    'm1',
    'added',
    'applied Baker',
    'm2',
    'address later@x',
    'addressOff off@x',
  ]);
});

it('M-9 a subject stands where the conversation changes, in the order that is shown', () => {
  // The first version came with a later date than others that stand behind it here.
  const mixed = rowsByDate([message('a1', 9), message('b1', 5), message('a2', 10)]);
  const by = (id: string) => ({ id: id.charAt(0), subject: '', kind: 'conversation' as const });
  const order = entriesOf(mixed, by, [], false);
  expect(order.map((one) => 'row' in one && [one.row.id, one.opens])).toEqual([
    ['b1', true],
    ['a1', true],
    ['a2', false],
  ]);

  const rows = rowsOf([message('m1', 1), message('m2', 2), message('other', 3), message('m3', 4)]);
  const thread = (id: string) => ({ id: id.charAt(0), subject: '', kind: 'conversation' as const });
  const entries = entriesOf(rows, thread, [], false);
  expect(entries.map((one) => 'row' in one && one.opens)).toEqual([true, false, true, true]);
});

it('M-9 what is older than all that has come waits for the older ones', () => {
  const rows = rowsOf([message('m2', 20)]);
  const thread = () => ({ id: 't', subject: '', kind: 'conversation' as const });
  const shown = (older: boolean) => entriesOf(rows, thread, factsOf(lea, t), older).length;
  expect([shown(true), shown(false)]).toEqual([3, 5]);
});

it('M-9 r answers the candidate, not what colleagues say among themselves, nor us', () => {
  const row = (
    id: string,
    minute: number,
    direction: Message['direction'],
    from = 'lea@x',
    kind: Message['kind'] = 'human',
  ) =>
    ({ ...message(id, minute), direction, kind, from: [{ name: '', address: from }] }) as Message;
  const thread = (id: string) => ({
    id,
    subject: '',
    kind: id.startsWith('inner') ? ('internal_forward' as const) : ('conversation' as const),
  });
  const first = (...all: Message[]) => answeredFirst(rowsOf(all), thread, ['Lea@x'])?.id;
  const [hers, ours, inner] = [
    row('hers', 1, 'incoming'),
    row('ours', 2, 'outgoing'),
    row('inner', 3, 'incoming'),
  ];
  expect(first(hers, ours, inner)).toBe('hers');
  expect(first(ours, inner)).toBe('ours');
  expect(first(inner)).toBeUndefined();
  const referee = row('referee', 4, 'incoming', 'boss@y');
  const bounce = row('bounce', 5, 'incoming', 'mailer-daemon@y', 'bounce');
  expect(first(hers, ours, referee, bounce)).toBe('hers');
  expect(first(ours, referee, bounce)).toBe('referee');
  expect(first(bounce)).toBeUndefined();
});

it('M-9 who moved an application stands among the messages, as far as pages have come', () => {
  const rows = rowsOf([message('m2', 20)]);
  const thread = (id: string) => ({ id: `of ${id}`, subject: '', kind: 'conversation' as const });
  const moves = [15, 25].map((minute) => ({
    id: `v${minute}`,
    at: at(minute),
    icon: factsOf(lea, t)[0]!.icon,
    words: `moved ${minute}`,
  }));
  const told = (older: boolean) =>
    entriesOf(rows, thread, factsOf(lea, t), older, moves).map((one) =>
      'fact' in one ? one.fact.words : one.row.id,
    );
  const since = ['moved 15', 'm2', 'moved 25', 'address later@x', 'addressOff off@x'];
  expect(told(true)).toEqual(since);
  expect(told(false)).toEqual(['added', 'applied Baker', ...since]);
});

it('M-9 a move says what changed: phase, status, or both; and by whom, where that is known', () => {
  const move = {
    ...{
      id: 'v',
      application: 'a',
      job: 'j',
      job_title: 'Baker',
      at: at(1),
      how: 'person' as const,
    },
    ...{ by: 'Ada', from_phase: 'Application', to_phase: 'Interview' },
    ...{ from_status: 'New', to_status: 'New' },
  };
  expect(moveWords(move, 'Lea', t)).toBe('movedBy Ada Lea Application Interview Baker');
  expect(moveWords({ ...move, by: '', to_status: 'Invited' }, 'Lea', t)).toBe(
    'moved  Lea Application, New Interview, Invited Baker',
  );
});
