import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type partOfProfile from '../candidate/words/en.json';
import type partOfDrafts from '../drafts/words/en.json';
import type partOfFinding from '../frame/words/en.json';
import type partOfImport from '../imports/words/en.json';
import type partOfNarrowing from '../inbox/words/en.json';
import { remember, remembered } from '../remembered';
import type partOfSearch from '../search/words/en.json';
import type partOfMailbox from '../settings/words/en.json';
import { fetchModule } from '../ui/fetch-module';
import type en from './en.json';

export const LANGUAGES = ['en', 'fr', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  fr: 'Français',
  de: 'Deutsch',
};

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: {
      translation: typeof en &
        typeof partOfDrafts &
        typeof partOfFinding &
        Omit<typeof partOfImport, 'problem'> &
        typeof partOfNarrowing &
        typeof partOfMailbox &
        typeof partOfProfile &
        typeof partOfSearch;
    };
    returnNull: false;
  }
}

export const i18n = i18next.createInstance();

type Tree = { [key: string]: string | Tree };

// Intl knows a category "many" in French (a million and more); its words are those of "other".
function withMany(tree: Tree, set = (words: string) => words): Tree {
  const out: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    out[key] = typeof value === 'string' ? set(value) : withMany(value, set);
    if (key.endsWith('_other')) {
      const many = `${key.slice(0, -'_other'.length)}_many`;
      if (!(many in tree)) out[many] = out[key];
    }
  }
  return out;
}

// No French line begins with a mark that has a space before it, and none ends between a quotation mark and
// its word, or within a number. The words themselves are written with plain spaces.
const held = (words: string) =>
  words.replace(/ (?=[:»])|(?<=«) /g, '\u00a0').replace(/ (?=[;!?])|(?<=\d) (?=\d{3})/g, '\u202f');

function wordsOf(language: Language, tree: Tree): Tree {
  return language === 'fr' ? withMany(tree, held) : withMany(tree);
}

type Loaders = Record<Language, () => Promise<{ default: Tree }>>;
const loaders: Loaders = {
  en: () => import('./en.json'),
  fr: () => import('./fr.json'),
  de: () => import('./de.json'),
};

// Words that come with a page of their own, and with every language that is chosen after it.
const parts: Loaders[] = [];

async function addWords(language: Language, part: Loaders): Promise<void> {
  const { default: tree } = await fetchModule(part[language]);
  i18n.addResourceBundle(language, 'translation', wordsOf(language, tree), true);
}

export async function addPart(part: Loaders): Promise<void> {
  if (parts.includes(part)) return;
  await Promise.all(
    LANGUAGES.filter((one) => i18n.hasResourceBundle(one, 'translation')).map((one) =>
      addWords(one, part),
    ),
  );
  parts.push(part);
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language);
}

const REMEMBERED = 'hearback.language';

export function preferredLanguage(): Language {
  const chosen = remembered(REMEMBERED);
  if (isLanguage(chosen)) return chosen;
  for (const wanted of navigator.languages) {
    const short = wanted.slice(0, 2);
    if (isLanguage(short)) return short;
  }
  return 'en';
}

export async function switchLanguage(language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, 'translation')) {
    // Once all are there: a language with a part of its words is never asked for the rest.
    const all = await Promise.all([loaders, ...parts].map((part) => fetchModule(part[language])));
    for (const { default: tree } of all)
      i18n.addResourceBundle(language, 'translation', wordsOf(language, tree), true);
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
  remember(REMEMBERED, language);
}

const AGAIN = 2000; // milliseconds

// `late`: told each time that its words don't come; they are asked for until they do.
export async function startLanguage(
  language: Language,
  late: () => void = () => {},
): Promise<void> {
  await i18n.use(initReactI18next).init({
    fallbackLng: false, // each has all words (i18n.test.ts)
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  for (;;) {
    try {
      return await switchLanguage(language);
    } catch {
      late();
      await new Promise((again) => setTimeout(again, AGAIN));
    }
  }
}
