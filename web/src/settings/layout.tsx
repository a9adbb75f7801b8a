import { Link, Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import {
  ArrowLeft,
  AtSign,
  Building2,
  FileUp,
  KeyRound,
  ShieldCheck,
  UserRound,
  UsersRound,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { PHONE, useMayEdit, useMe, useMedia, useTitle } from '../frame/hooks';
import { Button } from '../ui/button';
import { useWaitingClaims, useWaitingPast, type Waiting, WaitingMark } from './waiting-mark';
import './settings.css';

export { addWords } from './words';

export function Settings() {
  const { t } = useTranslation();
  const me = useMe();
  const mayEdit = useMayEdit();
  const claims = useWaitingClaims();
  const past = useWaitingPast();
  const phone = useMedia(PHONE);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const index = path.replace(/\/$/, '') === '/settings';

  // Another page of the settings begins at its top, and the keyboard with it.
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.scrollTo({ top: 0 });
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [path]);
  if (index && !phone) return <Navigate to="/settings/account/profile" replace />;
  return (
    <div className={`split settings${index ? '' : ' open'}`}>
      <nav className="split-list settings-nav" aria-label={t('place.settings')}>
        <header className="pane-head">
          <h1>{t('place.settings')}</h1>
        </header>
        <div className="settings-links">
          <p className="rail-group">{t('settings.account')}</p>
          <SettingsLink
            to="/settings/account/profile"
            exact
            icon={<UserRound size={18} aria-hidden />}
            label={t('settings.profile')}
          />
          <SettingsLink
            to="/settings/account/profile/email"
            icon={<AtSign size={18} aria-hidden />}
            label={t('settings.email')}
            mark={past}
          />
          <SettingsLink
            to="/settings/account/access"
            icon={<ShieldCheck size={18} aria-hidden />}
            label={t('settings.access')}
          />
          <SettingsLink
            to="/settings/account/tokens"
            icon={<KeyRound size={18} aria-hidden />}
            label={t('settings.tokens')}
          />
          {mayEdit && <p className="rail-group">{t('settings.company')}</p>}
          {me?.user.role === 'admin' && (
            <>
              <SettingsLink
                to="/settings/company"
                exact
                icon={<Building2 size={18} aria-hidden />}
                label={t('settings.general')}
              />
              <SettingsLink
                to="/settings/company/users"
                icon={<UsersRound size={18} aria-hidden />}
                label={t('settings.users')}
                mark={claims}
              />
            </>
          )}
          {mayEdit && (
            <SettingsLink
              to="/settings/import"
              icon={<FileUp size={18} aria-hidden />}
              label={t('settings.import')}
            />
          )}
        </div>
      </nav>
      <main className="split-main page-main" id="main" tabIndex={-1} ref={main}>
        <Outlet />
      </main>
    </div>
  );
}

function SettingsLink({
  to,
  icon,
  label,
  exact,
  mark,
}: {
  to:
    | '/settings/account/profile'
    | '/settings/account/profile/email'
    | '/settings/account/access'
    | '/settings/account/tokens'
    | '/settings/import'
    | '/settings/company'
    | '/settings/company/users';
  icon: ReactNode;
  label: string;
  exact?: boolean;
  mark?: Waiting;
}) {
  return (
    <Link
      to={to}
      className="rail-link"
      activeProps={{ 'aria-current': 'page' }}
      activeOptions={{ exact: exact ?? false }}
    >
      {icon}
      <span className="grow truncate">{label}</span>
      {mark && <WaitingMark waiting={mark} />}
    </Link>
  );
}

// One settings page: the path people know, a heading, what it is for.
export function SettingsPage({
  path,
  title,
  text,
  action,
  back,
  children,
}: {
  path: string[];
  title: string;
  text?: ReactNode;
  action?: ReactNode;
  back?: '/settings' | '/settings/account/profile/email';
  children: ReactNode;
}) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <div className="page-inner settings-page">
      <Button look="ghost" small className={back ? 'settings-back' : 'settings-back phone'} asChild>
        <Link to={back ?? '/settings'}>
          <ArrowLeft size={16} aria-hidden />
          {t('back')}
        </Link>
      </Button>
      <p className="small quiet">{path.join(' › ')}</p>
      <header className="page-head">
        <h1 className="truncate">{title}</h1>
        {action}
      </header>
      {text && <p className="quiet settings-text">{text}</p>}
      {children}
    </div>
  );
}
