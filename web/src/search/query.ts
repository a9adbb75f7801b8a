// What is in the box, as far as the page has to know it: where a filter stands, what could stand there, and
// how it is written. What is looked for is the server's to say.
export const OPERATORS = [
  'from',
  'to',
  'subject',
  'candidate',
  'job',
  'file',
  'has',
  'is',
  'after',
  'before',
] as const;
export type Operator = (typeof OPERATORS)[number];

export type Part = {
  start: number;
  end: number;
  without: boolean; // "-" stands before it
  operator?: Operator;
  at: number; // where its words begin, with their quotation marks
  words: string; // without them
};

// Telephones write “these”, „these“ and « these »: to the server they are one.
const QUOTES = '"“”„‟«»＂';
const ANY_QUOTE = /["“”„‟«»＂]/g;
const isQuote = (char: string | undefined) => char !== undefined && QUOTES.includes(char);
const isSpace = (char: string | undefined) => char === undefined || /\s/.test(char);

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let here = 0;
  while (here < text.length) {
    if (isSpace(text[here])) {
      here++;
      continue;
    }
    const start = here;
    const without = text[here] === '-' && !isSpace(text[here + 1]);
    if (without) here++;
    const named = /^([a-z]+):/i.exec(text.slice(here, here + 12));
    const operator = OPERATORS.find((one) => one === named?.[1]?.toLowerCase());
    if (operator) here += operator.length + 1;
    const at = here;
    let words: string;
    if (isQuote(text[here])) {
      let end = here + 1;
      while (end < text.length && !isQuote(text[end])) end++;
      words = text.slice(here + 1, end);
      here = Math.min(end + 1, text.length);
    } else {
      while (!isSpace(text[here]) && !isQuote(text[here])) here++;
      words = text.slice(at, here);
    }
    parts.push({ start, end: here, without, at, words, ...(operator ? { operator } : {}) });
  }
  return parts;
}

export type Filter = Part & { operator: Operator };
// These alone can be left out of what is found; the others can only be asked for.
export const NEGATED: readonly Operator[] = ['from', 'to', 'subject', 'file'];

// Whether the server takes it for a filter: the others are words to it.
function isFilter(part: Part): part is Filter {
  const { operator, words } = part;
  if (!operator || words.trim() === '') return false;
  if (part.without && !NEGATED.includes(operator)) return false;
  if (operator === 'is') return /^unread$/i.test(words);
  if (operator === 'has') return /^(?:file|attachment)s?$/i.test(words);
  if (operator === 'after' || operator === 'before') return /^\d{4}(?:-\d\d?){0,2}$/.test(words);
  return true;
}
export const filtersOf = (text: string): Filter[] => partsOf(text).filter(isFilter);

// As one value, however many words it has.
export function quoted(value: string): string {
  const plain = value.replace(ANY_QUOTE, ' ').replace(/\s+/g, ' ').trim();
  return /[\s:]|^-|^$/.test(plain) ? `"${plain}"` : plain;
}

export const written = (operator: Operator, value: string): string =>
  `${operator}:${quoted(value)}`;

const tidy = (text: string) => text.replace(/\s+/g, ' ').trim();

export const without = (text: string, part: Pick<Part, 'start' | 'end'>): string =>
  tidy(`${text.slice(0, part.start)} ${text.slice(part.end)}`);

export const adding = (text: string, part: string): string => tidy(`${text} ${part}`);

export type Place = { start: number; end: number; typed: string; without: boolean } & (
  | { of: 'operator' }
  | { of: 'value'; operator: Operator }
);

// What could be completed where the caret is: the value of a filter, or a word that may become one.
export function placeAt(text: string, caret: number): Place | undefined {
  const part = partsOf(text).find((one) => one.start < caret && caret <= one.end);
  if (!part) return undefined;
  const { start, end } = part;
  if (part.operator) {
    if (caret < part.at) return undefined;
    const typed = text.slice(part.at, caret).replace(ANY_QUOTE, '').trimStart();
    return { of: 'value', operator: part.operator, start, end, typed, without: part.without };
  }
  const typed = text.slice(part.at, caret).toLowerCase(); // with quotation marks it is no name
  if (caret < end || !/^[a-z]{2,}$/.test(typed)) return undefined;
  return { of: 'operator', start, end, typed, without: part.without };
}

// With the caret behind it: where the next word begins, or the value of a filter.
export function completed(
  text: string,
  place: Place,
  chosen: string,
): { text: string; caret: number } {
  const { start, end, without: not } = place;
  const sign = not ? '-' : '';
  const part =
    place.of === 'operator' ? `${sign}${chosen}:` : `${sign}${written(place.operator, chosen)} `;
  const rest = place.of === 'operator' ? text.slice(end) : text.slice(end).trimStart();
  const before = text.slice(0, start) + part;
  return { text: before + rest, caret: before.length };
}

// A day as the server reads it; in the reader's time zone.
export function dayOf(at: Date, timeZone: string | undefined): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone }).format(at);
  } catch {
    return new Intl.DateTimeFormat('en-CA', options).format(at); // a zone that isn't known here
  }
}

// As people write it: 28.11.2026 and 28/11/2026; the year may be missing its century.
export function asDay(typed: string): string | undefined {
  const found = /^(\d{1,2})[./](\d{1,2})[./](\d{2}|\d{4})$/.exec(typed);
  if (!found) return undefined;
  const [day, month] = [Number(found[1]), Number(found[2])];
  const year = Number(found[3]!.length === 2 ? `20${found[3]}` : found[3]);
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.toISOString().slice(0, 10);
}
