// The words of the list of drafts: few have any.
import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
export const addWords = () => addPart(WORDS);
