// Where what is being written is kept: under these names, in this browser. All of it is known here, so that whoever
// signs out leaves nothing; what it is, drafts.ts knows.
export const PREFIX = 'hearback.draft.';
export const ATTEMPTS = 'hearback.attempts.';
export const WHOLES = 'hearback.wholes.';
const UNSENT = 'hearback.unsent.';
export const draftOf = (user: string, about: string) => `${PREFIX}${user}.${about}`;
export const unsentOf = (user: string, about: string) => `${UNSENT}${user}.${about}`;

// Where the storage is full or forbidden: this page's own, which is gone with it.
const unstored = new Map<string, string>();

// Who shows that there is one, wherever it begins or ends.
const watching = new Set<() => void>();
export function watchKept(hear: () => void): () => void {
  watching.add(hear);
  window.addEventListener('storage', hear); // in another tab, or all of them at once
  return () => {
    watching.delete(hear);
    window.removeEventListener('storage', hear);
  };
}
const tell = () => {
  for (const hear of watching) hear();
};

export function isKept(key: string): boolean {
  try {
    return unstored.has(key) || localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

// Whether it outlives this page.
export function put(key: string, value: unknown): boolean {
  const words = JSON.stringify(value);
  const begins = !isKept(key);
  let stays = true;
  try {
    localStorage.setItem(key, words);
    unstored.delete(key);
  } catch {
    unstored.set(key, words);
    stays = false;
  }
  if (begins) tell();
  return stays;
}

export function read(key: string): unknown {
  try {
    return JSON.parse(unstored.get(key) ?? localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

export function remove(key: string): void {
  const ends = isKept(key);
  unstored.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // The storage is forbidden: nothing was kept.
  }
  if (ends) tell();
}

export function allKeys(): string[] {
  try {
    return [...new Set([...Object.keys(localStorage), ...unstored.keys()])];
  } catch {
    return [...unstored.keys()];
  }
}

export const isOfThisPage = (key: string): boolean => unstored.has(key);

/** What each of their drafts is about. */
export const draftsOf = (user: string): string[] =>
  allKeys()
    .filter((key) => key.startsWith(draftOf(user, '')))
    .map((key) => key.slice(draftOf(user, '').length));

// Of everybody who wrote in this browser: these go when somebody signs out.
export const countDrafts = (): number => allKeys().filter((key) => key.startsWith(PREFIX)).length;

export function forgetDrafts(): void {
  for (const key of allKeys()) {
    if ([PREFIX, ATTEMPTS, WHOLES, UNSENT].some((kind) => key.startsWith(kind))) remove(key);
  }
  // What is still on the table here must not be kept again.
  window.dispatchEvent(new StorageEvent('storage'));
}
