// What is being written survives a reload, a crash and an error. One draft per conversation and
// person, on this machine; signing out forgets them all.
import type { Recipient } from './addresses';
import type { Outgoing } from './send';
import { ATTEMPTS, draftOf, isOfThisPage, put, read, remove, unsentOf, WHOLES } from './stored';

export { countDrafts, forgetDrafts } from './stored';

/** A file that goes along: one that came up, or where it lies among the candidate's own (W-9). */
export type Upload = {
  id: string;
  filename: string;
  type: string;
  octets: number;
  lies?: { message: string; index: number } | { file: string };
};

/** They as they are asked for. */
export const goingAlong = (uploads: readonly Upload[]) => {
  const files = uploads.flatMap(({ lies }) => lies ?? []);
  return {
    attachments: uploads.filter((one) => !one.lies).map((one) => one.id),
    ...(files.length > 0 ? { files } : {}), // without any it is the same message as it was before
  };
};

/** The message that is answered, with what the answer says of it: by then it may be on an older page. */
export type Answered = { id: string; all: boolean; date: string; writer?: Recipient | undefined };

export type Draft = {
  answers?: Answered | undefined; // none: a new message, or kept before this was known
  replaces?: string | undefined; // a row of the outbox that this is written in the place of
  mailbox: string;
  to: Recipient[];
  cc: Recipient[];
  bcc: Recipient[];
  subject: string;
  rich: boolean;
  html: string;
  text: string;
  uploads: Upload[];
  quote: boolean;
};

const attemptsOf = (user: string, about: string) => `${ATTEMPTS}${user}.${about}`;

// What is kept says when that was: it is no part of what was written.
const isKept = (value: unknown): value is Draft & { at?: unknown } => isDraft(value);

export function readDraft(user: string, about: string): Draft | undefined {
  const value = read(draftOf(user, about));
  if (!isKept(value)) return undefined;
  const { at: _, ...draft } = value;
  return draft;
}

/** By the clock here, in ms; none: it was kept before that was. */
export function keptAt(user: string, about: string): number | undefined {
  const { at } = (read(draftOf(user, about)) ?? {}) as { at?: unknown };
  return typeof at === 'number' ? at : undefined;
}

export function hasDraft(user: string, about: string): boolean {
  return readDraft(user, about) !== undefined;
}

export function sameDraft(one: Draft, other: Draft): boolean {
  const names = Object.keys(one) as (keyof Draft)[];
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/** Whether a reload brings it back. */
export function keepDraft(user: string, about: string, draft: Draft): boolean {
  return put(draftOf(user, about), { ...draft, at: Date.now() });
}

/** Whether it lies in this page alone. */
export const isUnstored = (user: string, about: string): boolean =>
  isOfThisPage(draftOf(user, about));

export function dropDraft(user: string, about: string): void {
  for (const keyed of [draftOf, attemptsOf, unsentOf]) remove(keyed(user, about));
}

/** A browser tells the other tabs alone what has become of a draft. */
export function tellThisTab(user: string, about: string): void {
  window.dispatchEvent(new StorageEvent('storage', { key: draftOf(user, about) }));
}

// What was sent from a draft without an answer yet: the SHA-256 digest of its content, and its
// Idempotency-Key. Several of them, as the same words may go out confirmed and unconfirmed.
type Attempt = { digest: string; key: string; lost?: Lost };
/**
 * What may have gone: sent again it is the same only there, with these words above what it quotes, and with
 * the server's questions answered as they were.
 */
export type Lost = {
  at?: number; // by the clock here; none: before that was kept
  thread?: string;
  candidate?: string;
  intro?: string;
} & Answers;
/** That a conversation is internal is known; and up to where it was seen (T-4). */
export type Answers = { [K in 'internal' | 'seen']?: Outgoing[K] | undefined };
const MOST_ATTEMPTS = 20;

export function readAttempts(user: string, about: string): Attempt[] {
  const value = read(attemptsOf(user, about));
  return Array.isArray(value) ? value.filter(isAttempt) : [];
}

/** Of which nobody knows whether it was sent: sent again, changed or not, it goes once, for some days. */
export const lostOf = (user: string, about: string): Lost | undefined =>
  readAttempts(user, about).findLast((one) => one.lost)?.lost;

export function keepAttempts(user: string, about: string, all: Attempt[]): void {
  const name = attemptsOf(user, about);
  if (all.length === 0) remove(name);
  // Those of which nobody knows stay longest.
  else
    put(name, [...all].sort((a, b) => Number(!!a.lost) - Number(!!b.lost)).slice(-MOST_ATTEMPTS));
}

// Which conversations became part of which, as far as a draft may still lie there: a reload doesn't
// lose the way to it.
const MOST_WHOLES = 100;

export function readWholes(user: string): Map<string, string> {
  const value = read(WHOLES + user);
  return new Map(Array.isArray(value) ? value.filter(isWhole) : []);
}

export function keepWholes(user: string, wholes: ReadonlyMap<string, string>): void {
  put(WHOLES + user, [...wholes].slice(-MOST_WHOLES));
}

// Tells of what another tab of this browser did to the draft: with `forgotten`, all of them are gone.
export function watchDraft(
  user: string,
  about: string,
  changed: (draft: Draft | undefined, forgotten: boolean) => void,
): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key !== null && event.key !== draftOf(user, about)) return;
    changed(readDraft(user, about), event.key === null);
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}

const isAttempt = (value: unknown): value is Attempt => {
  const attempt = value as Partial<Attempt> | null;
  return typeof attempt?.digest === 'string' && typeof attempt.key === 'string';
};

const isWhole = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');

const isPerson = (one: Partial<Recipient> | null | undefined) =>
  typeof one?.name === 'string' && typeof one.address === 'string';

const isAnswered = (value: unknown): value is Answered => {
  const one = value as Partial<Answered> | null;
  return (
    typeof one?.id === 'string' &&
    typeof one.all === 'boolean' &&
    typeof one.date === 'string' &&
    (one.writer === undefined || isPerson(one.writer))
  );
};

function isDraft(value: unknown): value is Draft {
  if (!value || typeof value !== 'object') return false;
  const draft = value as Record<string, unknown>;
  const people = (list: unknown) => Array.isArray(list) && list.every(isPerson);
  return (
    ['mailbox', 'subject', 'html', 'text'].every((name) => typeof draft[name] === 'string') &&
    typeof draft.rich === 'boolean' &&
    typeof draft.quote === 'boolean' &&
    [draft.to, draft.cc, draft.bcc].every(people) &&
    Array.isArray(draft.uploads) &&
    (draft.answers === undefined || isAnswered(draft.answers)) &&
    ['undefined', 'string'].includes(typeof draft.replaces)
  );
}
