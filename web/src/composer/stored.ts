// Where what is being written is kept: under these names, in this browser. All of it is known here, so that whoever
// signs out leaves nothing; what it is, drafts.ts knows.
export const PREFIX = 'hearback.draft.';
export const ATTEMPTS = 'hearback.attempts.';
export const WHOLES = 'hearback.wholes.';
const UNSENT = 'hearback.unsent.';
export const unsentOf = (user: string, about: string) => `${UNSENT}${user}.${about}`;

// Where the storage is full or forbidden: this page's own, which is gone with it.
const unstored = new Map<string, string>();

// Whether it outlives this page.
export function put(key: string, value: unknown): boolean {
  const words = JSON.stringify(value);
  try {
    localStorage.setItem(key, words);
    unstored.delete(key);
    return true;
  } catch {
    unstored.set(key, words);
    return false;
  }
}

export function read(key: string): unknown {
  try {
    return JSON.parse(unstored.get(key) ?? localStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

export function remove(key: string): void {
  unstored.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // The storage is forbidden: nothing was kept.
  }
}

export function allKeys(): string[] {
  try {
    return [...new Set([...Object.keys(localStorage), ...unstored.keys()])];
  } catch {
    return [...unstored.keys()];
  }
}

export const isOfThisPage = (key: string): boolean => unstored.has(key);

// Of everybody who wrote in this browser: these go when somebody signs out.
export const countDrafts = (): number => allKeys().filter((key) => key.startsWith(PREFIX)).length;

export function forgetDrafts(): void {
  for (const key of allKeys()) {
    if ([PREFIX, ATTEMPTS, WHOLES, UNSENT].some((kind) => key.startsWith(kind))) remove(key);
  }
  // What is still on the table here must not be kept again.
  window.dispatchEvent(new StorageEvent('storage'));
}
