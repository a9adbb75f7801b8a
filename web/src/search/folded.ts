// Letters whose stroke or second half is no mark, as they are typed where keyboards lack them.
const LETTERS: Record<string, string> = {
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  ŧ: 't',
  þ: 'th',
  ς: 'σ',
};
export const plainLetters = (text: string): string =>
  text.replace(/[æđðħıłœøßŧþς]/g, (letter) => LETTERS[letter]!);

/** A name or a title as it is looked for: whatever its accents, its case and the way it is written, as in the
 * server's mail/folded.hpp. */
export const folded = (text: string): string =>
  plainLetters(
    text
      .replace(/\p{DI}/gu, '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .normalize('NFKC')
      .toLowerCase(),
  );
