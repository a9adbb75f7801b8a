import type { notify } from '../ui/notice';
import type { Unsent } from './drafts';

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
