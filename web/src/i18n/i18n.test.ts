import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import profileDe from '../candidate/words/de.json';
import profileEn from '../candidate/words/en.json';
import profileFr from '../candidate/words/fr.json';
import draftsDe from '../drafts/words/de.json';
import draftsEn from '../drafts/words/en.json';
import draftsFr from '../drafts/words/fr.json';
import findingDe from '../frame/words/de.json';
import findingEn from '../frame/words/en.json';
import findingFr from '../frame/words/fr.json';
import partDe from '../imports/words/de.json';
import partEn from '../imports/words/en.json';
import partFr from '../imports/words/fr.json';
import narrowDe from '../inbox/words/de.json';
import narrowEn from '../inbox/words/en.json';
import narrowFr from '../inbox/words/fr.json';
import searchDe from '../search/words/de.json';
import searchEn from '../search/words/en.json';
import searchFr from '../search/words/fr.json';
import mailboxDe from '../settings/words/de.json';
import mailboxEn from '../settings/words/en.json';
import mailboxFr from '../settings/words/fr.json';
import de from './de.json';
import en from './en.json';
import { makeFormat } from './format';
import fr from './fr.json';
import { i18n, switchLanguage } from './index';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ''): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') out.set(path + key, value);
    else for (const [inner, words] of flat(value, `${path}${key}.`)) out.set(inner, words);
  }
  return out;
}

// With the words that come with pages of their own.
const whole = (...parts: Tree[]) => new Map(parts.flatMap((part) => [...flat(part)]));
const english = whole(en, partEn, narrowEn, mailboxEn, profileEn, findingEn, draftsEn, searchEn);
const others = {
  fr: whole(fr, partFr, narrowFr, mailboxFr, profileFr, findingFr, draftsFr, searchFr),
  de: whole(de, partDe, narrowDe, mailboxDe, profileDe, findingDe, draftsDe, searchDe),
};
const holes = (words: string) => [...words.matchAll(/\{\{(\w+)/g)].map((one) => one[1]).sort();

describe('the three languages', () => {
  it.each(['fr', 'de'] as const)('%s has the same keys, and the same holes in them', (language) => {
    expect([...others[language].keys()]).toEqual([...english.keys()]);
    for (const [key, words] of english) {
      expect(holes(others[language].get(key)!), key).toEqual(holes(words));
    }
  });
  it.each(['fr', 'de'] as const)('%s leaves nothing empty or with stray spaces', (language) => {
    for (const [key, words] of others[language]) expect(words, key).toMatch(/^\S(?:.*\S)?$/s);
  });
  it('French has its spaces before : ; ! ? and uses « »', () => {
    for (const [key, words] of others.fr) {
      expect(words, key).not.toMatch(/[\p{L}}»][:;!?](?:\s|$)/u);
      expect(words, key).not.toMatch(/[“”"]/);
    }
  });
  it('French breaks no line before its marks, within its quotation marks or a number', async () => {
    await switchLanguage('fr');
    const heard = (key: string) => i18n.getResource('fr', 'translation', key) as string;
    for (const [key, words] of flat(fr)) {
      expect(heard(key), key).not.toMatch(/ [:;!?»]|« |\d \d{3}/);
      expect(heard(key).replace(/[\u00a0\u202f]/g, ' '), key).toBe(words);
    }
    expect(i18n.t('mailbox.disconnectText')).toBe(flat(fr).get('mailbox.disconnectText'));
    expect(i18n.t('signIn.which')).toBe('Pour quelle entreprise vous connectez-vous\u202f?');
    expect(i18n.t('palette.none', { text: 'a : b' })).toContain('«\u00a0a : b\u00a0»');
    await switchLanguage('de');
    for (const [key, words] of flat(de)) {
      expect(i18n.getResource('de', 'translation', key), key).toBe(words);
    }
    await switchLanguage('en');
  });
  it('counts in every language, a million in French included', async () => {
    for (const language of ['en', 'fr', 'de'] as const) {
      await switchLanguage(language);
      for (const count of [0, 1, 2, 5, 1_000_000]) {
        expect(i18n.t('list.new', { count })).toMatch(/^[\d]+ \p{L}+$/u);
      }
    }
    await switchLanguage('en');
  });
});

const SOURCE = join(import.meta.dirname, '..');
const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|schema\.ts/.test(file))
  .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
  .join('\n');

describe('keys', () => {
  const bare = (key: string) => key.replace(/_(one|other|many|few|two|zero)$/, '');
  const known = new Set([...english.keys()].map(bare));
  const literal = new Set([...code.matchAll(/['"`]([\w.-]+)['"`]/g)].map((one) => one[1]!));
  const patterns = [...code.matchAll(/`([\w.-]*(?:\$\{[^}`]*\}[\w.-]*)+)`/g)].map((one) => {
    const parts = one[1]!.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.-]/g, '\\$&'));
    return new RegExp(`^${parts.join('[\\w.-]+')}$`);
  });
  it('none is unused', () => {
    const unused = [...known].filter(
      (key) =>
        !key.startsWith('problem.') && !literal.has(key) && !patterns.some((one) => one.test(key)),
    );
    expect(unused).toEqual([]);
  });
  it('none is missing', () => {
    const used = [...code.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((one) => one[1]!);
    expect(used.length).toBeGreaterThan(200);
    expect(used.filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('dates and numbers', () => {
  const now = () => Date.parse('2026-11-21T12:00:00Z');
  it('are in the language and time zone of the reader', () => {
    const paris = makeFormat('fr', 'Europe/Paris', now);
    expect(paris.listTime('2026-11-21T08:05:00Z')).toBe('09:05');
    expect(paris.listTime('2026-11-20T23:30:00Z')).toBe('00:30'); // today there
    expect(makeFormat('de', 'Europe/Berlin', now).listTime('2026-03-02T12:00:00Z')).toMatch(
      /2\. März/,
    );
    expect(makeFormat('en', 'UTC', now).ago('2026-11-21T11:30:00Z')).toBe('30 minutes ago');
    expect(makeFormat('en', 'UTC', now).octets(12_400_221)).toBe('12 MB');
  });
  // "Last synced now." and a next try that was some seconds ago can't be said.
  it.each([
    ['en', '1 second ago', '20 seconds ago', 'in 1 second', 'in 20 seconds'],
    ['fr', 'il y a 1 seconde', 'il y a 20 secondes', 'dans 1 seconde', 'dans 20 secondes'],
    ['de', 'vor 1 Sekunde', 'vor 20 Sekunden', 'in 1 Sekunde', 'in 20 Sekunden'],
  ])(
    'says of what has just been that it has been, of what is due that it comes (%s)',
    (language, just, before, due, after) => {
      const format = makeFormat(language, 'UTC', now);
      const at = (seconds: number) => new Date(now() + seconds * 1000).toISOString();
      expect([0, 5].map((s) => format.ago(at(s)))).toEqual([just, just]);
      expect(format.ago(at(-20))).toBe(before);
      expect([0, -600].map((s) => format.until(at(s)))).toEqual([due, due]);
      expect(format.until(at(20))).toBe(after);
    },
  );
  it.each([
    ['en', '1 min', '59 min', '2 h', '3 d', '3 days'],
    ['fr', '1 min', '59 min', '2 h', '3 j', '3\u00a0jours'],
    ['de', '1 Min.', '59 Min.', '2 Std.', '3 T.', '3 Tage'],
  ] as const)('M-8 says for how long something waits (%s)', async (language, ...wanted) => {
    await switchLanguage(language);
    const format = makeFormat(language, 'UTC', now);
    const minutes = (count: number) =>
      format.span(new Date(now() - count * 60_000 - 59_000).toISOString());
    const said = [-5, 59, 179, 4320]
      .map(minutes)
      .map(({ unit, count }) => i18n.t(`waits.${unit}`, { shown: format.number(count) }));
    expect([...said, format.spelled(minutes(4320))]).toEqual(wanted);
    await switchLanguage('en');
  });
  it('bears an unknown time zone', () => {
    expect(() => makeFormat('en', 'Mars/Base', now).full('2026-11-21T08:05:00Z')).not.toThrow();
  });
});
