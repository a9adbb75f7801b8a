import { INVISIBLE, visible } from '../thread/links';

// What people type or paste into a recipient field becomes people: "Ann Lee <ann@x.org>, bob@y.de".
export type Recipient = { name: string; address: string };

// Good enough to catch typing errors; the server has the last word.
const ADDRESS =
  /^[^\s@".(),:;<>[\]\\\p{Cc}]+(?:\.[^\s@".(),:;<>[\]\\\p{Cc}]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?\.)+[\p{L}\p{N}\p{M}-]{2,}$/u;

export function isAddress(text: string): boolean {
  // With what isn't seen in it, it is another one than the writer reads.
  return text.length <= 320 && ADDRESS.test(text) && text.search(INVISIBLE) < 0;
}

// Splits at commas, semicolons and line ends outside quotes and angle brackets.
function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  let quoted = false;
  let angled = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!;
    if (char === '\\' && quoted) {
      piece += char + (text[++index] ?? '');
      continue;
    }
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '<') angled = true;
    else if (!quoted && char === '>') angled = false;
    if (!quoted && ((!angled && /[,;]/.test(char)) || /[\r\n\t]/.test(char))) {
      angled = false;
      found.push(piece);
      piece = '';
    } else {
      piece += char;
    }
  }
  found.push(piece);
  return found.map((part) => part.trim()).filter(Boolean);
}

// Whether another one begins behind it.
export const isFinished = (typed: string) => pieces(`${typed}x`).length > 1;

// What somebody typed, to name it: known again by its beginning and its end.
export function short(typed: string): string {
  const signs = [...typed];
  return signs.length <= 80 ? typed : `${signs.slice(0, 40).join('')}…${signs.slice(-20).join('')}`;
}

function unquote(name: string): string {
  const inner = /^"(.*)"$/s.exec(name)?.[1];
  return (inner === undefined ? name : inner.replace(/\\(.)/g, '$1')).replace(/\s+/g, ' ').trim();
}

export function parseRecipients(text: string): Recipient[] {
  // Lists of contacts give addresses with marks of their reading direction.
  return pieces(visible(text)).flatMap((piece) => {
    const angled = /^(.*?)\s*<([^<>]*)>$/s.exec(piece);
    if (angled) return [{ name: unquote(angled[1]!.trim()), address: angled[2]!.trim() }];
    const bare = piece.replace(/^mailto:/i, '');
    // "a@x.org b@y.org": pasted without commas
    const words = bare.split(/\s+/);
    if (words.length > 1 && words.every(isAddress)) {
      return words.map((address) => ({ name: '', address }));
    }
    return [{ name: '', address: bare }];
  });
}

export const addressKey = (address: string) => address.toLowerCase();
export const sameAddress = (a: string, b: string) => addressKey(a) === addressKey(b);

export function addRecipients(list: readonly Recipient[], more: readonly Recipient[]): Recipient[] {
  const all = new Map(list.map((one) => [addressKey(one.address), one]));
  for (const one of more) {
    const key = addressKey(one.address);
    if (one.address && !all.has(key)) all.set(key, one);
  }
  return [...all.values()];
}
