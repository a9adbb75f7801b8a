// What is being written survives a reload, a crash and an error. One draft per conversation and
// person, on this machine; signing out forgets them all.
import type { Recipient } from './addresses';

export type Upload = { id: string; filename: string; type: string; octets: number };

export type Draft = {
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

const PREFIX = 'hearback.draft.';
const keyOf = (user: string, about: string) => `${PREFIX}${user}.${about}`;
const ATTEMPTS = 'hearback.attempts.';
const attemptsOf = (user: string, about: string) => `${ATTEMPTS}${user}.${about}`;

export function readDraft(user: string, about: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(user, about)) ?? 'null');
    return isDraft(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function hasDraft(user: string, about: string): boolean {
  return readDraft(user, about) !== undefined;
}

export function sameDraft(one: Draft, other: Draft): boolean {
  const names = Object.keys(one) as (keyof Draft)[];
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

export function keepDraft(user: string, about: string, draft: Draft): void {
  try {
    localStorage.setItem(keyOf(user, about), JSON.stringify(draft));
  } catch {
    // The storage is full or forbidden: writing goes on without this safety.
  }
}

export function dropDraft(user: string, about: string): void {
  for (const key of [keyOf(user, about), attemptsOf(user, about)]) remove(key);
}

/** A browser tells the other tabs alone what has become of a draft. */
export function tellThisTab(user: string, about: string): void {
  window.dispatchEvent(new StorageEvent('storage', { key: keyOf(user, about) }));
}

function remove(key: string): void {
  unstored.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // The storage is forbidden: nothing was kept.
  }
}

// What was sent from a draft without an answer yet: the SHA-256 digest of its content, and its
// Idempotency-Key. Several of them, as the same words may go out confirmed and unconfirmed.
type Attempt = { digest: string; key: string };
const MOST_ATTEMPTS = 20;
const unstored = new Map<string, Attempt[]>(); // where the storage takes nothing: this page's own

export function readAttempts(user: string, about: string): Attempt[] {
  const name = attemptsOf(user, about);
  const own = unstored.get(name);
  if (own) return own;
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? '[]');
    return Array.isArray(value) ? value.filter(isAttempt) : [];
  } catch {
    return [];
  }
}

export function keepAttempts(user: string, about: string, all: Attempt[]): void {
  const name = attemptsOf(user, about);
  if (all.length === 0) {
    remove(name);
    return;
  }
  const list = all.slice(-MOST_ATTEMPTS);
  try {
    localStorage.setItem(name, JSON.stringify(list));
    unstored.delete(name);
  } catch {
    unstored.set(name, list);
  }
}

// Which conversations became part of which, as far as a draft may still lie there: a reload doesn't
// lose the way to it.
const WHOLES = 'hearback.wholes.';
const MOST_WHOLES = 100;
const ownWholes = new Map<string, [string, string][]>(); // where the storage takes nothing

export function readWholes(user: string): Map<string, string> {
  const own = ownWholes.get(user);
  if (own) return new Map(own);
  try {
    const value: unknown = JSON.parse(localStorage.getItem(WHOLES + user) ?? '[]');
    return new Map(Array.isArray(value) ? value.filter(isWhole) : []);
  } catch {
    return new Map();
  }
}

export function keepWholes(user: string, wholes: ReadonlyMap<string, string>): void {
  const list = [...wholes].slice(-MOST_WHOLES);
  try {
    localStorage.setItem(WHOLES + user, JSON.stringify(list));
    ownWholes.delete(user);
  } catch {
    ownWholes.set(user, list);
  }
}

// Of everybody who wrote in this browser: these go when somebody signs out.
export function countDrafts(): number {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length;
  } catch {
    return 0;
  }
}

export function forgetDrafts(): void {
  ownWholes.clear();
  for (const key of [...Object.keys(localStorage), ...unstored.keys()]) {
    if ([PREFIX, ATTEMPTS, WHOLES].some((kind) => key.startsWith(kind))) remove(key);
  }
  // What is still on the table here must not be kept again.
  window.dispatchEvent(new StorageEvent('storage'));
}

// Tells of what another tab of this browser did to the draft: with `forgotten`, all of them are gone.
export function watchDraft(
  user: string,
  about: string,
  changed: (draft: Draft | undefined, forgotten: boolean) => void,
): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key !== null && event.key !== keyOf(user, about)) return;
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

function isDraft(value: unknown): value is Draft {
  if (!value || typeof value !== 'object') return false;
  const draft = value as Record<string, unknown>;
  const people = (list: unknown) =>
    Array.isArray(list) &&
    list.every((one) => typeof one?.name === 'string' && typeof one?.address === 'string');
  return (
    ['mailbox', 'subject', 'html', 'text'].every((name) => typeof draft[name] === 'string') &&
    typeof draft.rich === 'boolean' &&
    typeof draft.quote === 'boolean' &&
    [draft.to, draft.cc, draft.bcc].every(people) &&
    Array.isArray(draft.uploads)
  );
}
