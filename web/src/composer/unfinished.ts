// What somebody began to write and left, in this browser: to be found again, opened where it was, or discarded.
import type { TFunction } from 'i18next';
import { useMemo, useSyncExternalStore } from 'react';
import { notify, unsay } from '../ui/notice';
import { type Draft, dropDraft, keptAt, readAttempts, readDraft, tellThisTab } from './drafts';
import { goingUp } from './going-up';
import { putBack } from './joined';
import { nameOf, onItsWay } from './shared';
import { draftsOf, watchKept } from './stored';
import { htmlToText } from './text';

export type Unfinished = { about: string; draft: Draft; at: number | undefined };

/** The one that was written on last comes first. */
export function unfinishedOf(user: string): Unfinished[] {
  return draftsOf(user)
    .flatMap((about) => {
      const draft = readDraft(user, about);
      return draft ? [{ about, draft, at: keptAt(user, about) }] : [];
    })
    .sort((one, other) => (other.at ?? 0) - (one.at ?? 0));
}

/** They, as they come and go. */
export function useUnfinished(user: string | undefined): Unfinished[] {
  const find = () => JSON.stringify(user === undefined ? [] : unfinishedOf(user));
  const found = useSyncExternalStore(watchKept, find);
  return useMemo(() => JSON.parse(found), [found]);
}

/** The one about that; `undefined` where there is none. */
export function useUnfinishedOne(user: string | undefined, about: string): Draft | undefined {
  const find = () => JSON.stringify(user === undefined ? null : (readDraft(user, about) ?? null));
  const found = useSyncExternalStore(watchKept, find);
  return useMemo(() => JSON.parse(found) ?? undefined, [found]);
}

const MOST_SHOWN = 300; // characters: no row shows more

/** In one line, and without the signature that its writer didn't write. */
export function firstWords(draft: Draft, signature: string): string {
  const line = (text: string) => text.replace(/\s+/g, ' ').trim();
  const own = line(htmlToText(signature));
  const all = line(draft.rich ? htmlToText(draft.html) : draft.text);
  const words = own && all.endsWith(own) ? all.slice(0, -own.length) : all;
  return words.trim().slice(0, MOST_SHOWN);
}

/** With undo. What is being sent can't be called back. */
export function discardUnfinished(user: string, about: string, t: TFunction): void {
  const draft = readDraft(user, about);
  const place = nameOf(user, about);
  if (!draft || onItsWay.of(place)) return;
  const attempts = readAttempts(user, about);
  unsay(`unsent ${about}`);
  for (const { abort } of goingUp.of(place)) abort(); // none of them goes on for it
  dropDraft(user, about);
  tellThisTab(user, about);
  notify(t('compose.discarded'), {
    action: { label: t('undo'), run: () => putBack(user, about, draft, attempts) },
  });
}
