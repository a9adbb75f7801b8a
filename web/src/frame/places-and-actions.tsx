// Each place of the page, and what is done from anywhere: as the palette offers them, by the words of each
// language that they go by.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  ArrowRight,
  BriefcaseBusiness,
  Keyboard,
  Languages,
  LogOut,
  MailPlus,
  Moon,
  SquarePen,
  Sun,
  SunMoon,
  UserPlus,
  UserRoundPlus,
} from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { PLACES } from '../api/queries';
import { addPart, LANGUAGE_NAMES, LANGUAGES } from '../i18n';
import { chooseTheme, useMayEdit, useMe, useTheme } from './hooks';
import { chooseLanguage } from './language';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
export const addWords = () => addPart(WORDS);

export type Entry = {
  id: string;
  group: string;
  label: string;
  words?: string; // by which else it is found
  detail?: string;
  whole?: boolean; // none of it may be cut
  keys?: string; // that do the same
  icon: ReactNode;
  atOnce?: string; // nothing is asked before: by Enter alone only where this is what was typed
  run: () => void;
};

// As in the settings' own list, and whose each is, if not everybody's.
const SETTINGS = [
  ['email', '/settings/account/profile/email'],
  ['profile', '/settings/account/profile'],
  ['access', '/settings/account/access'],
  ['tokens', '/settings/account/tokens'],
  ['general', '/settings/company', 'admin'],
  ['users', '/settings/company/users', 'admin'],
  ['import', '/settings/import', 'editor'],
] as const;

const THEMES = [
  ['light', Sun],
  ['dark', Moon],
  ['system', SunMoon],
] as const;

type Does = { onHelp: () => void; onWrite: () => void; onSignOut: () => void };

export function usePlacesAndActions({ onHelp, onWrite, onSignOut }: Does): Entry[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const admin = useMe()?.user.role === 'admin';
  const theme = useTheme();
  const language = i18n.language;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the language
  return useMemo(() => {
    const arrow = <ArrowRight size={16} aria-hidden />;
    const place = (id: string, label: string, words: string, run: () => void): Entry => ({
      ...{ id, label, words, run },
      group: t('palette.places'),
      icon: arrow,
    });
    const places = [
      ...PLACES.map((one) =>
        place(
          `/${one}`,
          t(`place.${one}`),
          t(`finding.${one}`),
          () => void navigate({ to: `/${one}` }),
        ),
      ),
      ...(['drafts', 'candidates', 'jobs'] as const).map((one) =>
        place(
          `/${one}`,
          t(`place.${one}`),
          t(`finding.${one}`),
          () => void navigate({ to: `/${one}` }),
        ),
      ),
      ...SETTINGS.filter(([, , whose]) => !whose || (whose === 'admin' ? admin : mayEdit)).map(
        ([name, to]) =>
          place(
            name,
            `${t('place.settings')} › ${t(`settings.${name}`)}`,
            t(`finding.${name}`),
            () => void navigate({ to }),
          ),
      ),
    ];
    const action = (
      id: string,
      Icon: typeof Sun,
      label: string,
      words: string,
      run: () => void,
      atOnce?: string,
    ): Entry => ({
      ...{ id, label, words, run },
      ...(atOnce ? { atOnce } : {}),
      group: t('palette.actions'),
      icon: <Icon size={16} aria-hidden />,
    });
    const choice = (what: string, value: string) => t('finding.choice', { what, value });
    const add = { add: true } as const;
    const actions = [
      ...(mayEdit
        ? [
            action(
              'add-candidate',
              UserPlus,
              t('candidate.add'),
              t('finding.addCandidate'),
              () => void navigate({ to: '/candidates', search: add }),
            ),
            action(
              'add-job',
              BriefcaseBusiness,
              t('jobs.add'),
              t('finding.addJob'),
              () => void navigate({ to: '/jobs', search: add }),
            ),
          ]
        : []),
      action('write', SquarePen, t('candidate.write'), t('finding.write'), onWrite),
      action(
        'add-email',
        MailPlus,
        t('email.add'),
        t('finding.addEmail'),
        () => void navigate({ to: '/settings/account/profile/email/add' }),
      ),
      ...(admin
        ? [
            action(
              'invite',
              UserRoundPlus,
              t('users.add'),
              t('finding.invite'),
              () => void navigate({ to: '/settings/company/users', search: add }),
            ),
          ]
        : []),
      action('keys', Keyboard, t('keys.title'), t('finding.keys'), onHelp),
      ...THEMES.filter(([one]) => one !== theme).map(([one, Icon]) =>
        action(
          one,
          Icon,
          choice(t('theme.label'), t(`theme.${one}`)),
          `${t('finding.theme')} ${t(`finding.${one}`)}`,
          () => chooseTheme(one),
          t(`theme.${one}`),
        ),
      ),
      // In each language's own word, too: who can't read this one looks for that.
      ...LANGUAGES.filter((one) => one !== language).map((one) =>
        action(
          `language-${one}`,
          Languages,
          choice(t('language'), LANGUAGE_NAMES[one]),
          `${t('finding.language')} language langue sprache`,
          () => void chooseLanguage(queries, one),
          LANGUAGE_NAMES[one],
        ),
      ),
      action('sign-out', LogOut, t('signOut'), t('finding.signOut'), onSignOut, t('signOut')),
    ];
    return [...places, ...actions];
  }, [t, language, theme, admin, mayEdit, navigate, queries, onHelp, onWrite, onSignOut]);
}
