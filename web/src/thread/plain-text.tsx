import { Fragment, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';

// Web and mail addresses in plain text become links; punctuation at their end stays outside. Each word
// is looked at once, and only one that has the sign of an address at all.
const MOST_ADDRESS = 2_000; // characters
const END = new Set('.,;:!?\'")]}');
const MAIL = /^[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,10}\p{L}{2,63}$/u;

function withoutEnd(word: string): string {
  let end = word.length;
  while (end > 0 && END.has(word[end - 1]!)) end--;
  return word.slice(0, end);
}

// [start, end) within the word, and where it leads
function addressIn(word: string): { start: number; found: string; href: string } | undefined {
  const web = word.search(/https?:\/\//i);
  if (web >= 0) {
    const found = withoutEnd(word.slice(web).split(/[<>"]/, 1)[0]!);
    return found.length > 8 && found.length <= MOST_ADDRESS
      ? { start: web, found, href: found }
      : undefined;
  }
  if (word.length > 400 || !word.includes('@')) return undefined;
  const start = word.length - word.replace(/^[<("'[]+/, '').length;
  const found = withoutEnd(word.slice(start).split(/[<>"]/, 1)[0]!);
  return MAIL.test(found) ? { start, found, href: `mailto:${found}` } : undefined;
}

export function linked(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const address = addressIn(word);
    if (!address) continue;
    const at = index + address.start;
    parts.push(text.slice(from, at));
    parts.push(
      <a key={at} href={address.href} target="_blank" rel="noopener noreferrer">
        {address.found}
      </a>,
    );
    from = at + address.found.length;
  }
  parts.push(text.slice(from));
  return parts;
}

export const AT_ONCE = 60_000; // characters: about twenty printed pages

export function PlainText({ text: all }: { text: string }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const text = whole ? all : all.slice(0, AT_ONCE);
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .trimEnd()
    .split(/\n{2,}/);
  return (
    <div className="plain-text">
      {paragraphs.map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
        <p dir="auto" key={index}>
          {linked(paragraph).map((part, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
            <Fragment key={at}>{part}</Fragment>
          ))}
        </p>
      ))}
      {text.length < all.length && (
        <Button small className="show-all" onClick={() => setWhole(true)}>
          {t('message.showAll')}
        </Button>
      )}
    </div>
  );
}
