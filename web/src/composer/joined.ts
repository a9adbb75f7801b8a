import {
  type Draft,
  dropDraft,
  hasDraft,
  keepAttempts,
  keepDraft,
  keepWholes,
  readAttempts,
  readDraft,
  readWholes,
  sameDraft,
  tellThisTab,
  type Upload,
} from './drafts';
import { moveGoingUp } from './going-up';
import { keepTables } from './kept';
import { nameOf, onItsWay, settled } from './shared';
import { htmlToText, textToHtml } from './text';

/** What was written there since stays. */
function addDraft(user: string, about: string, draft: Draft): void {
  const there = readDraft(user, about);
  keepDraft(user, about, there && !sameDraft(there, draft) ? joined(there, draft) : draft);
}

// The conversation has become part of another one; what was written there stays, and so does what was
// written in the other: below it. What is being sent is a draft again only if that fails, and waits there.
export function moveDraft(user: string, from: string, to: string): void {
  if (onItsWay.of(nameOf(user, from))) return;
  const draft = readDraft(user, from);
  if (draft) {
    addDraft(user, to, draft);
    // It may have gone already, from where it was.
    keepAttempts(user, to, [...readAttempts(user, to), ...readAttempts(user, from)]);
  }
  dropDraft(user, from);
  moveGoingUp(user, from, to);
}

// What is being written can't move under its writer's hands. It does when the whole is opened: where
// it was written is never shown again. What is taken back later there comes along as well.
export function moveLater(user: string, from: string, to: string): void {
  const wholes = readWholes(user);
  wholes.delete(from);
  wholes.delete(to); // it is a whole itself now
  keepWholes(user, wholes.set(from, to));
}

export function moveWaiting(user: string, to: string): void {
  const wholes = readWholes(user);
  for (const from of wholes.keys()) if (leads(wholes, from, to)) moveDraft(user, from, to);
}

// What became part of another conversation went along when that one became part of yet another.
function leads(wholes: ReadonlyMap<string, string>, from: string, to: string): boolean {
  const passed = new Set<string>();
  for (let at: string | undefined = from; at !== undefined; at = wholes.get(at)) {
    if (at === to) return from !== to;
    if (passed.has(at)) return false; // two tabs disagreed
    passed.add(at);
  }
  return false;
}

/** A discarding is taken back. */
export function putBack(
  user: string,
  about: string,
  draft: Draft,
  attempts: ReturnType<typeof readAttempts>,
): void {
  settled(nameOf(user, about), () => {
    keepTables();
    addDraft(user, about, draft);
    keepAttempts(user, about, [...attempts, ...readAttempts(user, about)]);
    tellThisTab(user, about);
  });
}

/** A file has come up: it goes to the draft, which may be on no table any more, or on the whole's. Whether
 * there is one still. */
export function addUpload(user: string, about: string, upload: Upload): boolean {
  keepTables();
  const wholes = readWholes(user);
  const passed = new Set<string>();
  let at: string | undefined = about;
  while (at !== undefined && !hasDraft(user, at) && !passed.has(at)) {
    passed.add(at);
    at = wholes.get(at);
  }
  const draft = at === undefined ? undefined : readDraft(user, at);
  if (at === undefined || !draft) return false; // discarded, or sent
  keepDraft(user, at, { ...draft, uploads: [...draft.uploads, upload] });
  tellThisTab(user, at);
  return true;
}

function joined(one: Draft, other: Draft): Draft {
  const together = <T>(first: T[], second: T[], name: (item: T) => string) => [
    ...first,
    ...second.filter((item) => !first.some((known) => name(known) === name(item))),
  ];
  const people = (field: 'to' | 'cc' | 'bcc') =>
    together(one[field], other[field], (person) => person.address.toLowerCase());
  const text = (draft: Draft) => (draft.rich ? htmlToText(draft.html) : draft.text.trimEnd());
  const html = (draft: Draft) => (draft.rich ? draft.html : textToHtml(draft.text.trimEnd()));
  return {
    ...one,
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    subject: one.subject || other.subject,
    rich: one.rich || other.rich,
    html: html(one) + html(other),
    text: [text(one), text(other)].filter(Boolean).join('\n\n'),
    uploads: together(one.uploads, other.uploads, (upload) => upload.id),
  };
}
