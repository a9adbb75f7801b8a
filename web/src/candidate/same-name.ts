import { plainLetters } from '../search/folded';

// The words of a name, whatever their accents, case and order: "Novák, Jana" is "jana novak".
export const nameWords = (name: string): string[] =>
  plainLetters(
    name
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '') // accents; the vowels of other scripts are letters
      .normalize('NFKC')
      .toLowerCase(),
  )
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)
    .sort();

export const sameName = (one: string, other: string): boolean => {
  const words = nameWords(one);
  return words.length > 0 && words.join(' ') === nameWords(other).join(' ');
};

// What the list of candidates is asked for: it finds the parts of a name in any order, so that those who
// share one word alone don't stand before whoever has them all. So many are enough to ask.
export const askedFor = (name: string): string =>
  name
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 6)
    .join(' ');
