import { act, render, renderHook, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { i18n } from '../i18n';
import { Notices } from '../ui/notice';
import { type Draft, hasDraft, keepDraft, readDraft } from './drafts';
import { nameOf, onItsWay } from './shared';
import {
  discardUnfinished,
  firstWords,
  unfinishedOf,
  useUnfinished,
  useUnfinishedOne,
} from './unfinished';

const draft: Draft = {
  ...{ mailbox: 'm', to: [{ name: 'Léa', address: 'lea@c.example' }], cc: [], bcc: [] },
  ...{ subject: 'Hi', rich: true, html: '<p>Dear</p>  <p>Léa</p>', text: '' },
  ...{ uploads: [], quote: false },
};
beforeEach(() => localStorage.clear());

it('W-1 what was begun is found, the latest first, and nobody else’s', () => {
  vi.spyOn(Date, 'now')
    .mockReturnValueOnce(1000)
    .mockReturnValueOnce(3000)
    .mockReturnValueOnce(2000);
  keepDraft('ada', 'candidate:lea', draft);
  keepDraft('ada', 'address:jo@x.example', draft);
  keepDraft('ada', 'thread:t1', draft);
  keepDraft('adam', 'thread:t2', draft);
  // as it was kept before it was kept when
  localStorage.setItem('hearback.draft.ada.thread:old', JSON.stringify(draft));
  localStorage.setItem('hearback.draft.ada.thread:damaged', '{');
  expect(unfinishedOf('ada').map(({ about, at }) => [about, at])).toEqual([
    ['address:jo@x.example', 3000],
    ['thread:t1', 2000],
    ['candidate:lea', 1000],
    ['thread:old', undefined],
  ]);
  expect(readDraft('ada', 'candidate:lea')).toEqual(draft);
});

it('W-1 it shows by its first words, and not by the signature', () => {
  const signature = '<p>Ada<br>Lindenhof</p>';
  expect(firstWords(draft, '')).toBe('Dear Léa');
  expect(firstWords({ ...draft, html: `<p>Dear</p>${signature}` }, signature)).toBe('Dear');
  expect(firstWords({ ...draft, html: `<p></p>${signature}` }, signature)).toBe('');
  expect(firstWords({ ...draft, rich: false, text: 'One\n\ntwo' }, signature)).toBe('One two');
});

it('W-1 it is discarded with undo, and whoever shows it hears of both', async () => {
  keepDraft('ada', 'candidate:lea', draft);
  render(
    <Tooltip.Provider>
      <Notices />
    </Tooltip.Provider>,
  );
  const all = renderHook(() => useUnfinished('ada'));
  const one = renderHook(() => useUnfinishedOne('ada', 'candidate:lea'));
  const shown = () => [all.result.current.length, one.result.current?.subject];
  expect(shown()).toEqual([1, 'Hi']);
  onItsWay.set(nameOf('ada', 'candidate:lea'), true);
  act(() => discardUnfinished('ada', 'candidate:lea', i18n.t));
  expect(shown(), 'it is being sent').toEqual([1, 'Hi']);
  onItsWay.set(nameOf('ada', 'candidate:lea'), false);
  act(() => discardUnfinished('ada', 'candidate:lea', i18n.t));
  expect(hasDraft('ada', 'candidate:lea')).toBe(false);
  expect(shown()).toEqual([0, undefined]);
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
  expect(readDraft('ada', 'candidate:lea')).toEqual(draft);
  expect(shown()).toEqual([1, 'Hi']);
});
