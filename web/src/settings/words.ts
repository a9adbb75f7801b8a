import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
// Of the settings' pages alone: before one of them is shown.
export const addWords = () => addPart(WORDS);
