import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
// What a mailbox's owner decides (C-14), before a page with it is shown.
export const addWords = () => addPart(WORDS);
