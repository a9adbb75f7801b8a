import { expect, it, vi } from 'vitest';
import {
  countDrafts,
  type Draft,
  dropDraft,
  forgetDrafts,
  hasDraft,
  keepDraft,
  readDraft,
} from './drafts';
import { moveDraft, moveLater, moveWaiting } from './joined';

const draft: Draft = {
  mailbox: 'm',
  to: [{ name: 'Léa', address: 'lea@c.example' }],
  cc: [],
  bcc: [],
  subject: 'Hi',
  rich: true,
  html: '<p>x</p>',
  text: 'x',
  uploads: [],
  quote: true,
};

it('keeps a draft per person and conversation', () => {
  keepDraft('anna', 'thread:1', draft);
  expect(readDraft('anna', 'thread:1')).toEqual(draft);
  expect(hasDraft('anna', 'thread:2')).toBe(false);
  expect(hasDraft('hugo', 'thread:1')).toBe(false);
  dropDraft('anna', 'thread:1');
  expect(hasDraft('anna', 'thread:1')).toBe(false);
});

it('forgets them all at sign-out, and nothing else', () => {
  localStorage.setItem('hearback.theme', 'dark');
  keepDraft('anna', 'thread:1', draft);
  keepDraft('anna', 'candidate:1', draft);
  expect(countDrafts()).toBe(2);
  forgetDrafts();
  expect(countDrafts()).toBe(0);
  expect(hasDraft('anna', 'thread:1')).toBe(false);
  expect(localStorage.getItem('hearback.theme')).toBe('dark');
});

it('follows a conversation that has become part of another', () => {
  keepDraft('anna', 'thread:1', draft);
  moveDraft('anna', 'thread:1', 'thread:2');
  expect(hasDraft('anna', 'thread:1')).toBe(false);
  expect(readDraft('anna', 'thread:2')).toEqual(draft);
  moveDraft('anna', 'thread:4', 'thread:2');
  expect(readDraft('anna', 'thread:2')).toEqual(draft);
  keepDraft('anna', 'thread:5', draft); // the same words are there once
  moveDraft('anna', 'thread:5', 'thread:2');
  expect(readDraft('anna', 'thread:2')).toEqual(draft);
});

it('T-8 keeps what was written in both', () => {
  const upload = (id: string) => ({
    id,
    filename: `${id}.pdf`,
    type: 'application/pdf',
    octets: 1,
  });
  keepDraft('anna', 'thread:2', { ...draft, html: '<p>One</p>', uploads: [upload('a')] });
  keepDraft('anna', 'thread:3', {
    ...draft,
    subject: 'other',
    to: [
      { name: '', address: 'LEA@c.example' },
      { name: '', address: 'tom@c.example' },
    ],
    rich: false,
    html: '',
    text: 'Two <b>\n',
    uploads: [upload('a'), upload('b')],
  });
  moveDraft('anna', 'thread:3', 'thread:2');
  expect(hasDraft('anna', 'thread:3')).toBe(false);
  const both = readDraft('anna', 'thread:2');
  expect(both?.html).toBe('<p>One</p><p>Two &lt;b&gt;</p>');
  expect(both?.text).toBe('One\n\nTwo <b>');
  expect(both?.rich).toBe(true);
  expect(both?.subject).toBe('Hi');
  expect(both?.to.map((one) => one.address)).toEqual(['lea@c.example', 'tom@c.example']);
  expect(both?.uploads.map((one) => one.id)).toEqual(['a', 'b']);
});

it('T-8 what was being written appears when the whole is opened', () => {
  keepDraft('anna', 'thread:6', draft);
  moveLater('anna', 'thread:6', 'thread:7');
  moveLater('anna', 'thread:6', 'thread:8'); // which became part of yet another one
  moveWaiting('anna', 'thread:7');
  expect(hasDraft('anna', 'thread:7')).toBe(false);
  moveWaiting('anna', 'thread:8');
  expect(hasDraft('anna', 'thread:6')).toBe(false);
  expect(readDraft('anna', 'thread:8')).toEqual(draft);
  dropDraft('anna', 'thread:8');
  keepDraft('anna', 'thread:6', draft); // discarded, and taken back
  moveWaiting('anna', 'thread:8');
  expect(readDraft('anna', 'thread:8')).toEqual(draft);
});

it('T-8 the way to it is known after a reload, along each step, and to its writer alone', async () => {
  keepDraft('anna', 'thread:1', draft);
  moveLater('anna', 'thread:1', 'thread:2');
  moveLater('anna', 'thread:2', 'thread:3');
  vi.resetModules();
  const reloaded = await import('./joined');
  reloaded.moveWaiting('ben', 'thread:3');
  expect(hasDraft('anna', 'thread:1')).toBe(true);
  reloaded.moveWaiting('anna', 'thread:3');
  expect(hasDraft('anna', 'thread:1')).toBe(false);
  expect(readDraft('anna', 'thread:3')).toEqual(draft);
});

it('T-8 ways that go in circles end, and are not kept without bound', () => {
  localStorage.setItem('hearback.wholes.anna', '[["a","b"],["b","a"],["c","c"],5,["x"]]');
  keepDraft('anna', 'a', draft);
  moveWaiting('anna', 'z');
  expect(hasDraft('anna', 'a')).toBe(true);
  moveWaiting('anna', 'b');
  expect(readDraft('anna', 'b')).toEqual(draft);
  for (let at = 0; at < 500; at++) moveLater('anna', `thread:${at}`, 'whole');
  const kept = JSON.parse(localStorage.getItem('hearback.wholes.anna')!);
  expect(kept.length).toBe(100);
  expect(kept.at(-1)).toEqual(['thread:499', 'whole']);
  forgetDrafts();
  expect(localStorage.getItem('hearback.wholes.anna')).toBeNull();
});

it('a draft that was kept before it was known what it answers is there still', () => {
  keepDraft('anna', 'thread:1', draft);
  expect(readDraft('anna', 'thread:1')).not.toHaveProperty('answers');
  const answers = { id: 'm1', all: true, date: '2026-01-01T00:00:00Z' };
  keepDraft('anna', 'thread:1', { ...draft, answers });
  expect(readDraft('anna', 'thread:1')?.answers).toEqual(answers);
});

it('a storage that is forbidden keeps nothing, and nobody from leaving', () => {
  const forbidden = vi.spyOn(globalThis, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('', 'SecurityError');
  });
  expect(keepDraft('anna', 'thread:1', draft)).toBe(false);
  expect(readDraft('anna', 'thread:1')).toEqual(draft);
  expect(countDrafts()).toBe(1);
  forgetDrafts();
  expect(countDrafts()).toBe(0);
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
  forbidden.mockRestore();
});

it('survives damaged storage', () => {
  localStorage.setItem('hearback.draft.anna.thread:1', '{"to":5}');
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
  localStorage.setItem(
    'hearback.draft.anna.thread:1',
    JSON.stringify({ ...draft, answers: { id: 5 } }),
  );
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
  localStorage.setItem('hearback.draft.anna.thread:1', '{');
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
});
