import { isAddress } from './addresses';

// What somebody writes into the field for a link, as one; nothing where it can't be one.
export function linkTo(written: string): string | undefined {
  const text = written.trim();
  if (/^(?:https?:\/\/[^\s/]\S*|mailto:\S+|tel:\S+)$/i.test(text)) return text;
  if (isAddress(text)) return `mailto:${text}`;
  const named = /^(?:[\p{L}\p{N}-]+\.)+[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(text);
  return named ? `https://${text}` : undefined;
}
