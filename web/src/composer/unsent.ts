import type { notify } from '../ui/notice';
import { allKeys, put, read, remove, unsentOf } from './stored';

/** What its writer couldn't be told any more, as their session had ended: for them, once they are in again. */
export type Unsent = { about: string; words: string; address: string };

export function keepUnsent(user: string, unsent: Unsent): void {
  put(unsentOf(user, unsent.about), unsent);
}

/** Each once. */
export function takeUnsent(user: string): Unsent[] {
  const all = allKeys().filter((key) => key.startsWith(unsentOf(user, '')));
  return all.flatMap((key) => {
    const unsent = read(key);
    remove(key);
    return isUnsent(unsent) ? [unsent] : [];
  });
}

const isUnsent = (value: unknown): value is Unsent =>
  ['about', 'words', 'address'].every(
    (name) => typeof (value as Record<string, unknown> | null)?.[name] === 'string',
  );

// Until it is put away: whoever wrote it may be anywhere by now, and is led to where it lies.
export const sayUnsent = <Said>(
  say: (...said: Parameters<typeof notify>) => Said,
  { about, words, address }: Unsent,
  label: string,
  go: (address: string) => void,
): Said =>
  say(words, {
    tone: 'problem',
    loss: true,
    about: `unsent ${about}`,
    series: 'unsent',
    action: { label, run: () => go(address), shows: true },
  });
