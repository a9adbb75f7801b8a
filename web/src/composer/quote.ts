// What an answer quotes, below a sentence that says who wrote it.
import type { TFunction } from 'i18next';
import type { useFormat } from '../i18n/format';
import { shownAs } from '../ui/person';
import type { Answered } from './drafts';
import { escapeHtml, textToHtml } from './text';

export type Quote = { intro?: string; html: string; text: string };
export const NOTHING_QUOTED: Quote = { html: '', text: '' };

export const introOf = (
  { writer, date }: Answered,
  t: TFunction,
  format: ReturnType<typeof useFormat>,
): string =>
  t('compose.wrote', {
    date: format.full(date),
    name: writer ? shownAs(writer.name, [writer.address]).first : '',
  });

export const quote = (intro: string, words: string): Quote => ({
  intro,
  html: `<p>${escapeHtml(intro)}</p><blockquote type="cite">${textToHtml(words.trim())}</blockquote>`,
  text: `\n\n${intro}\n${words.trim().replace(/^/gm, '> ').replace(/^> $/gm, '>')}`,
});

export class NoQuote extends Error {
  constructor(override readonly cause: unknown) {
    super('what is to be quoted does not come');
  }
}
