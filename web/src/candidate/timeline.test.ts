import type { TFunction } from 'i18next';
import { expect, it } from 'vitest';
import type { Candidate, Message } from '../api/queries';
import { makeFormat } from '../i18n/format';
import { rowsOf } from '../thread/versions';
import {
  addressWords,
  answeredFirst,
  entriesOf,
  factsOf,
  gapBetween,
  inJobWords,
  mergeWords,
  moveWords,
  pagedFacts,
  rowsByDate,
} from './timeline';

const t = ((key: string, words: Record<string, string> = {}) =>
  [key.replace('timeline.', ''), ...Object.values(words)].join(' ')) as unknown as TFunction;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 9, minute)).toISOString();
const lea = {
  created: at(10),
} as unknown as Candidate;
const change = (minute: number, address: string, added: boolean, by = '', how = 'person') => ({
  id: `${address}${minute}`,
  at: at(minute),
  address,
  added,
  by,
  how: how as 'person',
});
const nothing = { moves: [], jobs: [], addresses: [], merges: [] };
const told = (...addresses: ReturnType<typeof change>[]) =>
  pagedFacts([{ ...nothing, addresses }], 'Lea', t);
const since = told(change(30, 'later@x', true), change(40, 'off@x', false, '', 'internal-user'));
const message = (id: string, minute: number, version_of: string | null = null) =>
  ({ id, date: at(minute), version_of }) as Message;

const inJob = (minute: number, what: 'added' | 'taken_out' | 'put_back', by = 'Ada') => ({
  ...{ id: `${what}${minute}`, application: 'a', job: 'j', job_title: 'Baker' },
  ...{ at: at(minute), by, how: 'person' as const, what },
});
const merge = (minute: number, undone = false, exchange = false) => ({
  ...{ id: `m${minute}`, at: at(minute), name: 'L. Doe', by: 'Ada', undone, exchange },
});

it('M-9 what the profile tells by itself: that they were added', () => {
  expect(factsOf(lea, t).map(({ words }) => words)).toEqual(['added']);
});

it('M-9 O-5 who added them to a job, took them out of it and put them back stays told', () => {
  const jobs = [inJob(10, 'added'), inJob(20, 'taken_out'), inJob(30, 'put_back', '')];
  const gone = { ...lea, applications: [] } as unknown as Candidate;
  const rows = rowsOf([message('m1', 15)]);
  const thread = (id: string) => ({ id: `of ${id}`, subject: '', kind: 'conversation' as const });
  const paged = pagedFacts([{ ...nothing, jobs }], 'Lea', t);
  const entries = entriesOf(rows, thread, factsOf(gone, t), false, paged);
  const job = '\u2068Baker\u2069';
  expect(entries.map((one) => ('fact' in one ? one.fact.words.trim() : one.row.id))).toEqual([
    'added',
    `inJob.addedBy ${job} Ada`,
    'm1',
    `inJob.takenOutBy ${job} Ada`,
    `inJob.putBack ${job}`,
  ]);
  expect(inJobWords(inJob(1, 'taken_out', ''), t).trim()).toBe(`inJob.takenOut ${job}`);
});

it('M-9 O-5 with whom they were merged, and parted from again', () => {
  const merges = [merge(10), merge(20, true), merge(30, false, true)];
  const facts = pagedFacts([{ ...nothing, merges, jobs: [inJob(15, 'added')] }], 'Lea', t);
  const name = '\u2068L. Doe\u2069';
  expect(facts.map((one) => one.words)).toEqual([
    `merged.with ${name} Ada`,
    'inJob.addedBy \u2068Baker\u2069 Ada',
    `merged.undone ${name} Ada`,
    `merged.exchange ${name} Ada`,
  ]);
  expect(mergeWords(merge(1), t)).toBe(`merged.with ${name} Ada`);
});

it('M-9 which addresses came and went, by whom and why', () => {
  const words = (...said: Parameters<typeof change>) => addressWords(change(...said), t);
  const name = '\u2068x@y\u2069';
  expect(words(1, 'x@y', true, 'Ada')).toBe(`file Ada ${name}`);
  expect(words(1, 'x@y', true)).toBe('address x@y');
  expect(words(1, 'x@y', false, 'Ada')).toBe(`tookOff Ada ${name}`);
  expect(words(1, 'x@y', false)).toBe('address.removed x@y');
  expect(words(1, 'x@y', false, '', 'internal-user')).toBe('addressOff x@y');
  expect(words(1, 'x@y', true, 'Ada', 'merged')).toBe('addressMerged x@y');
});

it('M-9 D-1 which address it was isn’t told for ever', () => {
  const words = (...said: Parameters<typeof change>) => addressWords(change(...said), t);
  expect(words(1, '', true, 'Ada')).toBe('untold.addedBy Ada');
  expect(words(1, '', false, 'Ada')).toBe('untold.offBy Ada');
  expect(words(1, '', false).trim()).toBe('untold.off');
  expect(words(1, '', true, 'Ada', 'merged')).toContain('untold.merged');
  expect(words(1, '', false, '', 'internal-user')).toContain('untold.ofColleague');
});

it('M-9 what is of one moment stands in the order of the pages, the older page first', () => {
  const page = (...addresses: ReturnType<typeof change>[]) => ({ ...nothing, addresses });
  const newest = page(change(10, 'c@x', true), change(10, 'd@x', true));
  const older = page(change(10, 'a@x', true), change(10, 'b@x', true));
  expect(pagedFacts([newest, older], 'Lea', t).map((one) => one.id)).toEqual(
    ['a@x', 'b@x', 'c@x', 'd@x'].map((one) => `${one}10`),
  );
});

it('M-9 what comes page by page is told by date, whatever it is', () => {
  const move = { ...change(20, '', true), by: 'Ada', job_title: 'Baker' };
  const moves = [
    { ...move, from_phase: 'A', to_phase: 'B', from_status: 'S', to_status: 'S' },
  ] as unknown as Parameters<typeof pagedFacts>[0][number]['moves'];
  const facts = pagedFacts(
    [{ ...nothing, moves, addresses: [change(10, 'a@x', true), change(30, 'b@x', true)] }],
    'Lea',
    t,
  );
  expect(facts.map((one) => one.at)).toEqual([at(10), at(20), at(30)]);
});

it('M-9 by date, among the messages; a version is no message of its own', () => {
  const rows = rowsOf([message('m1', 5), message('m2', 20), message('again', 21, 'm2')]);
  const thread = (id: string) => ({ id: `of ${id}`, subject: '', kind: 'conversation' as const });
  const entries = entriesOf(rows, thread, factsOf(lea, t), false, since);
  expect(entries.map((one) => ('fact' in one ? one.fact.words : one.row.id))).toEqual([
    'm1',
    'added',
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
  const shown = (older: boolean) => entriesOf(rows, thread, factsOf(lea, t), older, since).length;
  expect([shown(true), shown(false)]).toEqual([3, 4]);
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
  const shown = ['moved 15', 'm2', 'moved 25'];
  expect(told(true)).toEqual(shown);
  expect(told(false)).toEqual(['added', ...shown]);
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

const day = (days: number, hours = 0) =>
  new Date(Date.UTC(2026, 0, 1, 9) + days * 86_400_000 + hours * 3_600_000).toISOString();

it.each([
  [13, undefined, undefined],
  [14, 'week', 2],
  [27, 'week', 3],
  [60, 'week', 8],
  [61, 'month', 2],
  [364, 'month', 11],
  [729, 'month', 23],
  [730, 'year', 2],
  [1500, 'year', 4],
])('M-9 a silence of %i days is told as %s %s', (days, unit, count) => {
  expect(gapBetween(day(0), day(days, 5))).toEqual(unit && { unit, count });
});

it('M-9 a silence stands before the message that ends it, whatever else happened meanwhile', () => {
  const at = (id: string, days: number) => ({ id, date: day(days), version_of: null }) as Message;
  const rows = rowsOf([at('m1', 0), at('m2', 3), at('m3', 40), at('m4', 41)]);
  const moved = { id: 'f', at: day(20), icon: undefined as never, words: 'moved' };
  const thread = () => ({ id: 'x', subject: '', kind: 'conversation' as const });
  const told = entriesOf(rows, thread, [], true, [moved]);
  expect(
    told.map((one) => ('fact' in one ? one.fact.words : [one.row.id, one.gap?.count])),
  ).toEqual([['m1', undefined], ['m2', undefined], 'moved', ['m3', 5], ['m4', undefined]]);
  expect(gapBetween('never', day(3))).toBeUndefined();
});

it('M-9 a silence is counted in each language', () => {
  const said = (language: string) =>
    (['week', 'month', 'year'] as const).map(
      (unit) => makeFormat(language, 'UTC').spelled({ unit, count: 3 }).normalize('NFKC'), // spaces that don't break
    );
  expect(said('en')).toEqual(['3 weeks', '3 months', '3 years']);
  expect(said('fr')).toEqual(['3 semaines', '3 mois', '3 ans']);
  expect(said('de')).toEqual(['3 Wochen', '3 Monate', '3 Jahre']);
});
