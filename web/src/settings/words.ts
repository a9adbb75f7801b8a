import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
// Of a mailbox's own pages, and of connecting one: before a page with them is shown.
export const addWords = () => addPart(WORDS);
