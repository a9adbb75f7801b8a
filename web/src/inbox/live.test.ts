import { describe, expect, it } from 'vitest';
import { standing, type ThreadRow } from '../api/queries';
import { applyHead, joins, mergeHead } from './live';
import { waitsFor } from './row';

const row = (id: string, at: number, more: Partial<ThreadRow> = {}): ThreadRow => ({
  id,
  candidate: 'c',
  candidate_name: 'C',
  non_candidate: false,
  jobs: [],
  subject: 's',
  kind: 'conversation',
  messages: 1,
  last_at: `2026-01-01T00:00:${String(at).padStart(2, '0')}Z`,
  last_from: 'x',
  last_direction: 'incoming',
  last_kind: 'human',
  last_snippet: '',
  has_attachments: false,
  last_outbox_state: null,
  triage: null,
  asked_at: null,
  waits: false,
  unread: false,
  came: 1,
  done_by: [],
  done_by_others: 0,
  ...more,
});
const pages = (rows: ThreadRow[], next: string | null = null) => ({
  pages: [{ rows, next }],
  pageParams: [''],
});

describe('a list that is being read', () => {
  const before = pages([row('b', 20), row('a', 10)]);
  it('says where what is being read is not listed yet', () => {
    const head = { rows: [row('n', 30), row('b', 20)], next: null };
    expect(mergeHead(before, head, { open: 'n' })).toMatchObject({ waiting: 1, unlisted: true });
    expect(mergeHead(before, head, { open: 'b' })).toMatchObject({ waiting: 1, unlisted: false });
  });
  it('does not move: new rows wait', () => {
    const merge = mergeHead(before, {
      rows: [row('c', 30), row('b', 20), row('a', 10)],
      next: null,
    });
    expect(merge.waiting).toBe(1);
    expect(merge.pages).toBe(before);
  });
  it('counts a row that would move up, and leaves it as it was', () => {
    const merge = mergeHead(before, {
      rows: [row('a', 40, { messages: 2 }), row('b', 20)],
      next: null,
    });
    expect(merge.waiting).toBe(1);
    expect(merge.pages).toBe(before);
  });
  it('calls nothing new that comes up from below the last loaded row, of the same date either', () => {
    const loaded = pages([row('d', 20), row('c', 10)], 'more');
    const up = { rows: [row('c', 10), row('b', 10), row('a', 9)], next: 'more' };
    expect(mergeHead(loaded, up).waiting).toBe(0);
    expect(mergeHead(loaded, { rows: [row('e', 10), ...up.rows], next: 'more' }).waiting).toBe(1);
  });
  it('follows the thread that is being read, in its place and without calling it new', () => {
    const head = { rows: [row('a', 40, { messages: 2 }), row('b', 20)], next: null };
    const merge = mergeHead(before, head, { open: 'a' });
    expect(merge.waiting).toBe(0);
    expect(merge.pages.pages[0]!.rows.map((one) => [one.id, one.messages])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });
  it('M-2 holds what passes its filter: what has left the head is gone, but for what is being read', () => {
    const unread = (id: string, at: number) => row(id, at, { unread: true });
    const loaded = pages([unread('c', 30), unread('b', 20), unread('a', 10)]);
    const narrow = { unread: true } as const;
    const ids = (open?: string, head = [unread('a', 10)], next: string | null = null) =>
      mergeHead(loaded, { rows: head, next }, { narrow, open }).pages.pages[0]!.rows.map(
        (one) => one.id,
      );
    expect(ids()).toEqual(['a']);
    expect(ids('b')).toEqual(['b', 'a']);
    // A page that ends before them says nothing of what is below it.
    expect(ids(undefined, [], 'more')).toEqual(['c', 'b', 'a']);
    expect(ids(undefined, [unread('c', 30)], 'more')).toEqual(['c', 'b', 'a']);
    // One row of the last page joins it as well; of a last page that holds nothing, too, what is below isn't new.
    const further = { pages: [...loaded.pages, { rows: [], next: 'more' }], pageParams: ['', 'x'] };
    const below = { rows: [unread('c', 30), unread('z', 5)], next: 'more' };
    expect(mergeHead(further, below, { narrow }).waiting).toBe(0);
    const split = pages([unread('c', 30)], 'x');
    split.pages.push({ rows: [unread('b', 20), unread('a', 10)], next: null });
    expect(
      applyHead(split, { rows: [unread('n', 40), unread('b', 20)], next: 'x' }).pages[0]!.rows.map(
        (one) => one.id,
      ),
    ).toEqual(['n', 'b', 'a']);
    expect(joins(split, { rows: [unread('n', 40)], next: 'x' })).toBe(false);
    expect(joins(split, { rows: [unread('n', 40)], next: null })).toBe(true);
    // What was read meanwhile is no news there.
    const head = { rows: [row('d', 40)], next: 'more' };
    expect(mergeHead(loaded, head, { narrow }).waiting).toBe(0);
  });
  it('M-8 stands by how long it has waited, where that is asked for', () => {
    const waits = (id: string, since: number, at = since, more: Partial<ThreadRow> = {}) =>
      row(id, at, {
        asked_at: row('', since).last_at,
        since: row('', since).last_at,
        triage: 'to_answer',
        ...more,
      });
    const stands = standing({ order: 'longest' });
    const how = { turn: 'to_answer', stands } as const;
    const loaded = pages([waits('a', 10), waits('b', 20)], 'more');
    // They ask once more: nobody waits for longer than before.
    const again = { rows: [waits('a', 10, 40, { messages: 2 }), waits('b', 20)], next: 'more' };
    const merged = mergeHead(loaded, again, how);
    expect(merged.waiting).toBe(0);
    expect(merged.pages.pages[0]!.rows[0]!.messages).toBe(2);
    // Who is new has waited least, and stands further down; who has waited longer is news.
    const last = { rows: [...loaded.pages[0]!.rows, waits('n', 50)], next: null };
    expect(mergeHead(loaded, last, how).waiting).toBe(0);
    const whole = pages(loaded.pages[0]!.rows);
    expect(mergeHead(whole, last, how)).toMatchObject({ waiting: 0, below: true });
    const first = { rows: [waits('o', 5), waits('a', 10)], next: 'more' };
    expect(mergeHead(loaded, first, how).waiting).toBe(1);
    expect(applyHead(loaded, first, undefined, stands).pages[0]!.rows.map(({ id }) => id)).toEqual([
      'o',
      'a',
      'b',
    ]);
    // What is said of a row meanwhile moves it nowhere: it stands by what was asked for.
    const answered = { triage: 'waiting', asked_at: null } as const;
    const further = pages([...loaded.pages[0]!.rows, waits('c', 30), waits('d', 40)], 'more');
    const patched = { rows: [waits('a', 10), waits('b', 20, 20, answered)], next: 'more' };
    expect(
      mergeHead(further, patched, how).pages.pages[0]!.rows.map(({ triage }) => triage),
    ).toEqual(['to_answer', 'waiting', 'to_answer', 'to_answer']);
    const open = pages([waits('a', 10, 10, answered), waits('b', 20), waits('c', 30)], 'more');
    const next = { rows: [waits('o', 5), waits('b', 20)], next: 'more' };
    expect(applyHead(open, next, 'a', stands).pages[0]!.rows.map(({ id }) => id)).toEqual([
      'o',
      'a',
      'b',
      'c',
    ]);
    // Who was answered and asks again has waited since then.
    const asks = { rows: [waits('b', 20), waits('a', 50)], next: 'more' };
    expect(mergeHead(loaded, asks, how).waiting).toBe(1);
    // What the head would hold, and doesn't, was answered.
    const without = { rows: [waits('b', 20)], next: 'more' };
    expect(mergeHead(loaded, without, how).pages.pages[0]!.rows[0]).toMatchObject({
      id: 'a',
      triage: null,
    });
  });
  it('takes changes that move nothing at once', () => {
    const merge = mergeHead(before, {
      rows: [row('b', 20, { last_outbox_state: 'sent' }), row('a', 10)],
      next: null,
    });
    expect(merge.waiting).toBe(0);
    expect(merge.pages.pages[0]!.rows[0]!.last_outbox_state).toBe('sent');
  });
  it('does not call rows new that were only not loaded yet', () => {
    const merge = mergeHead(pages([row('b', 20)], 'x'), {
      rows: [row('b', 20), row('a', 10)],
      next: null,
    });
    expect(merge.waiting).toBe(0);
  });
  it('shows them when asked, without losing what was loaded', () => {
    const shown = applyHead(pages([row('b', 20), row('a', 10)], 'x'), {
      rows: [row('c', 30), row('b', 20)],
      next: 'y',
    });
    expect(shown.pages[0]!.rows.map((one) => one.id)).toEqual(['c', 'b', 'a']);
    expect(shown.pages[0]!.next).toBe('x');
  });
  it('starts over where something between may be missing', () => {
    const shown = applyHead(pages([row('a', 10)], 'x'), { rows: [row('z', 50)], next: 'y' });
    expect(shown.pages[0]!.rows.map((one) => one.id)).toEqual(['z']);
    expect(shown.pages[0]!.next).toBe('y');
  });
});

const ASKED = '2026-01-01T00:00:00Z';
describe('what a thread waits for', () => {
  it.each([
    [{ last_outbox_state: 'uncertain' }, 'uncertain'],
    [{ last_outbox_state: 'queued', last_direction: 'outgoing' }, 'sending'],
    [{ last_outbox_state: 'cancelled' }, 'cancelled'], // nobody got it
    [{ last_outbox_state: 'cancelled', asked_at: ASKED }, 'answer'],
    [{ last_kind: 'bounce' }, 'bounced'],
    [{ kind: 'internal_forward' }, 'internal'],
    [{ last_kind: 'automatic' }, 'automatic'], // T-6: no answer of the candidate
    [{ last_kind: 'automatic', asked_at: ASKED }, 'answer'], // a person waits behind it
    [{ last_kind: 'bounce', asked_at: ASKED }, 'bounced'],
    [{ triage: 'to_answer', asked_at: ASKED }, 'answer'],
    [{ triage: 'done', asked_at: ASKED }, undefined],
    [{ triage: 'waiting', asked_at: ASKED }, undefined], // just answered
    [{}, undefined],
    [{ last_direction: 'outgoing', last_outbox_state: 'seen_in_sent' }, undefined],
  ] as [Partial<ThreadRow>, string | undefined][])('%j: %s', (more, wanted) => {
    expect(waitsFor(row('a', 1, more))).toBe(wanted);
  });
});

describe('M-8 a list of one turn', () => {
  const asked = (id: string, at: number) => row(id, at, { triage: 'to_answer', asked_at: ASKED });
  const before = pages([asked('c', 30), asked('b', 20), asked('a', 10)]);
  const turns = (merge: Pick<ReturnType<typeof mergeHead>, 'pages'>) =>
    merge.pages.pages.flatMap((page) => page.rows.map((one) => [one.id, one.triage]));

  it('lets go of what its head would hold and doesn’t', () => {
    const merge = mergeHead(
      before,
      { rows: [asked('c', 30), asked('a', 10)], next: null },
      { turn: 'to_answer' },
    );
    expect(merge.waiting).toBe(0);
    expect(turns(merge)).toEqual([
      ['c', 'to_answer'],
      ['b', null],
      ['a', 'to_answer'],
    ]);
  });
  it('knows nothing of what lies further down than its head', () => {
    const merge = mergeHead(
      before,
      { rows: [asked('c', 30), asked('b', 20)], next: 'x' },
      { turn: 'to_answer' },
    );
    expect(merge.pages).toBe(before);
  });
  it('is not told by a head from before', () => {
    const head = { rows: [asked('c', 30)], next: null };
    expect(mergeHead(before, head, { turn: 'to_answer', current: false }).pages).toBe(before);
  });
  it('takes back in its place what has come back, and waits with what would move', () => {
    const gone = pages([asked('c', 30), row('b', 20), row('a', 10)]);
    const merge = mergeHead(
      gone,
      { rows: [asked('a', 40), asked('c', 30), asked('b', 20)], next: null },
      { turn: 'to_answer' },
    );
    expect(merge.waiting).toBe(1);
    expect(turns(merge)).toEqual([
      ['c', 'to_answer'],
      ['b', 'to_answer'],
      ['a', null],
    ]);
  });
  it('keeps what is being read where it stands when the new ones are shown', () => {
    const shown = applyHead(before, { rows: [asked('d', 40), asked('c', 30)], next: null }, 'b');
    expect(shown.pages[0]!.rows.map((one) => one.id)).toEqual(['d', 'c', 'b']);
  });
});
