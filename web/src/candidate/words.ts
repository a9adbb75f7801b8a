// Words of profiles, and of a job's phases: no first list shows them.
import { addPart } from '../i18n';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
export const addWords = () => addPart(WORDS);
