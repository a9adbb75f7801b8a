// What opens at one's own name: the profile, language and theme, and the way out. It comes when it is first opened.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, UserRound } from 'lucide-react';
import { type RefObject, useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '../i18n';
import { useSignOut } from '../setup/sign-out';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu';
import { chooseTheme, useTheme } from './hooks';
import { chooseLanguage } from './language';

export function MeMenu({
  user,
  button,
  open,
  onOpenChange,
  there,
}: {
  user: { email: string };
  button: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  there: RefObject<boolean>; // whether this is
  onAway: () => void; // where it doesn't come
}) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const theme = useTheme();
  const language = isLanguage(i18n.language) ? i18n.language : 'en';

  // Before the menu takes the focus.
  useLayoutEffect(() => {
    there.current = true;
    return () => {
      there.current = false;
    };
  }, [there]);
  const { signOut, question } = useSignOut();

  const menu = (
    <Menu
      side="top"
      open={open}
      onOpenChange={onOpenChange}
      button={button}
      trigger={<span className="rail-me-mark" aria-hidden />}
    >
      <p className="menu-label truncate">{user.email}</p>
      <MenuItem
        icon={<UserRound size={16} aria-hidden />}
        onSelect={() => void navigate({ to: '/settings/account/profile' })}
      >
        {t('settings.profile')}
      </MenuItem>
      <MenuLine />
      <MenuChoice
        label={t('language')}
        value={language}
        options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={(next) => void chooseLanguage(queries, next)}
      />
      <MenuLine />
      <MenuChoice
        label={t('theme.label')}
        value={theme}
        options={[
          { value: 'system', label: t('theme.system') },
          { value: 'light', label: t('theme.light') },
          { value: 'dark', label: t('theme.dark') },
        ]}
        onChange={chooseTheme}
      />
      <MenuLine />
      <MenuItem icon={<LogOut size={16} aria-hidden />} onSelect={signOut}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
  return (
    <>
      {menu}
      {question}
    </>
  );
}
