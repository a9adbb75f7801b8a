import { describe, expect, it } from 'vitest';
import type { ThreadRow } from '../api/queries';
import { applyHead, mergeHead } from './live';
import { toAnswer, waitsFor } from './row';

const row = (id: string, at: number, more: Partial<ThreadRow> = {}): ThreadRow => ({
  id,
  candidate: 'c',
  candidate_name: 'C',
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
  ...more,
});
const pages = (rows: ThreadRow[], next: string | null = null) => ({
  pages: [{ rows, next }],
  pageParams: [''],
});

describe('a list that is being read', () => {
  const before = pages([row('b', 20), row('a', 10)]);
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
  it('follows the thread that is being read, in its place and without calling it new', () => {
    const head = { rows: [row('a', 40, { messages: 2 }), row('b', 20)], next: null };
    const merge = mergeHead(before, head, 'a');
    expect(merge.waiting).toBe(0);
    expect(merge.pages.pages[0]!.rows.map((one) => [one.id, one.messages])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
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

describe('what a thread waits for', () => {
  it.each([
    [{ last_outbox_state: 'uncertain' }, 'uncertain'],
    [{ last_outbox_state: 'queued', last_direction: 'outgoing' }, 'sending'],
    [{ last_kind: 'bounce' }, 'bounced'],
    [{ kind: 'internal_forward' }, 'internal'],
    [{ last_kind: 'automatic' }, 'automatic'], // T-6: no answer of the candidate
    [{}, 'answer'],
    [{ last_direction: 'outgoing', last_outbox_state: 'seen_in_sent' }, undefined],
  ] as [Partial<ThreadRow>, string | undefined][])('%j: %s', (more, wanted) => {
    expect(waitsFor(row('a', 1, more))).toBe(wanted);
  });
});

it('M-1 what waits for an answer is counted, and only that', () => {
  const rows = [
    row('a', 3),
    row('b', 2, { last_direction: 'outgoing' }),
    row('c', 1, { last_kind: 'automatic' }),
    row('d', 0),
  ];
  expect(toAnswer(rows)).toBe(2);
});
