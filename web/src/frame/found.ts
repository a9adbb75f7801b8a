// What is typed in the palette is looked for in what an entry is called, and in the words that people call it by
// elsewhere (words/en.json, `finding`).
import { folded } from '../search/folded';

type Findable = { group: string; label: string; words?: string };

const wordsOf = (text: string) =>
  folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

// 2: by its name; 1: each word begins one of those that it goes by; 0: it isn't meant.
function rank({ label, words }: Findable, typed: string): 0 | 1 | 2 {
  if (folded(label).includes(folded(typed))) return 2;
  const asked = wordsOf(typed);
  const all = wordsOf(`${label} ${words ?? ''}`);
  const all1 = asked.every((one) => all.some((word) => word.startsWith(one)));
  return asked.length > 0 && all1 ? 1 : 0;
}

/** Those that are meant. Groups stay together: first the ones in which something is called so. */
export function found<T extends Findable>(entries: readonly T[], typed: string): T[] {
  const ranked = entries
    .map((entry) => ({ entry, rank: rank(entry, typed) }))
    .filter((one) => one.rank > 0);
  const groups = [...new Set(ranked.map((one) => one.entry.group))].map((group) => {
    const ones = ranked.filter((one) => one.entry.group === group);
    return ones.sort((a, b) => b.rank - a.rank);
  });
  groups.sort((a, b) => b[0]!.rank - a[0]!.rank);
  return groups.flat().map((one) => one.entry);
}

/** Acts at once, and isn't what was typed: who looks for mail with such a word doesn't mean it by Enter. */
export const isOnlyPicked = ({ atOnce }: { atOnce?: string }, typed: string): boolean =>
  atOnce !== undefined && folded(atOnce) !== folded(typed);
