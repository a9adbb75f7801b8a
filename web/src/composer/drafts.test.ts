import { expect, it } from 'vitest';
import {
  type Draft,
  dropDraft,
  forgetDrafts,
  hasDraft,
  keepDraft,
  moveDraft,
  readDraft,
} from './drafts';

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
  forgetDrafts();
  expect(hasDraft('anna', 'thread:1')).toBe(false);
  expect(localStorage.getItem('hearback.theme')).toBe('dark');
});

it('follows a conversation that has become part of another', () => {
  keepDraft('anna', 'thread:1', draft);
  moveDraft('anna', 'thread:1', 'thread:2');
  expect(hasDraft('anna', 'thread:1')).toBe(false);
  expect(readDraft('anna', 'thread:2')).toEqual(draft);
  keepDraft('anna', 'thread:3', { ...draft, subject: 'other' });
  moveDraft('anna', 'thread:3', 'thread:2');
  moveDraft('anna', 'thread:4', 'thread:2');
  expect(readDraft('anna', 'thread:2')).toEqual(draft);
});

it('survives damaged storage', () => {
  localStorage.setItem('hearback.draft.anna.thread:1', '{"to":5}');
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
  localStorage.setItem('hearback.draft.anna.thread:1', '{');
  expect(readDraft('anna', 'thread:1')).toBeUndefined();
});
