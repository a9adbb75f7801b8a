// Words of what only the search shows: no first list does.
import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
export const addWords = () => addPart(WORDS);
