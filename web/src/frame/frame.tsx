import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import {
  Archive,
  BriefcaseBusiness,
  ChevronsUpDown,
  FilePen,
  Inbox,
  Mails,
  Menu as MenuIcon,
  Search,
  Send,
  Settings,
  SquarePen,
  SquareStar,
  UserRoundStar,
  UserRoundX,
  UsersRound,
} from 'lucide-react';
import {
  type ComponentProps,
  type ReactNode,
  Suspense,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { type LiveState, listen } from '../api/events';
import { MOST_UNREAD, PLACES, type Place, unreadCountsQuery } from '../api/queries';
import { useEarlyKeys } from '../composer/early';
import { draftsOf, watchKept } from '../composer/stored';
import { sayUnsent, takeUnsent } from '../composer/unsent';
import { useFormat } from '../i18n/format';
import { ToAnswer, useToAnswer } from '../inbox/tabs';
import { askBox, forgetWay, isSearch, notice } from '../search/way';
import { useWaitingClaims, useWaitingPast, WaitingMark } from '../settings/waiting-mark';
import { SignInAgain, stillIn, useAsked, useSameUser } from '../setup/again';
import { cameThroughDoor } from '../setup/door';
import { forgetSession, forgetUser } from '../setup/leaving';
import { hearTabs } from '../setup/tabs';
import { IconButton } from '../ui/button';
import type { Dialog } from '../ui/dialog';
import { leavePage, notify, notifyProblem } from '../ui/notice';
import { ahead, part } from '../ui/part';
import { Avatar, Skeleton } from '../ui/state';
import { Keys, Tip } from '../ui/tip';
import { ToMenu } from '../ui/to-menu';
import { PHONE, useMe, useMedia, useOnline } from './hooks';
import { arrive, lead, leadNowhere } from './leading';
import { useNextPane } from './panes';
import { useShortcuts } from './shortcuts';
import { StuckMark, StuckSince, useStuck } from './stuck';
import { useUpdated } from './updated';
import './frame.css';

const shut = (error: unknown, props: { onClose: () => void }) => {
  notifyProblem(error);
  props.onClose();
};
// What is typed meanwhile is looked for when it is there.
function Coming() {
  useEarlyKeys(true);
  return null;
}
const Palette = part(
  async () => {
    const module = await import('./palette');
    await module.addWords();
    return module;
  },
  'Palette',
  { waiting: <Coming />, onFail: shut },
);
const SignOutNow = part(() => import('./sign-out-now'), 'SignOutNow', { onFail: shut });
const KeyHelp = part(() => import('./help'), 'KeyHelp', { onFail: shut });
const Drawer = part<ComponentProps<typeof Dialog>, 'Dialog'>(
  () => import('../ui/dialog'),
  'Dialog',
  { onFail: shut },
);
const MeMenu = part(() => import('./me-menu'), 'MeMenu', {
  onFail: (error, props) => {
    notifyProblem(error);
    props.onAway();
  },
});

const LISTS = new RegExp(`^/(${PLACES.join('|')}|candidates)$`);

export function Frame() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const phone = useMedia(PHONE);
  const lists = useRouterState({ select: ({ location }) => LISTS.test(location.pathname) });
  useNextPane();
  const online = useOnline();
  const [palette, setPalette] = useState<'search' | 'write'>();
  const [searching, setSearching] = useState(false); // on the way there
  const [help, setHelp] = useState(false);
  const [leaves, setLeaves] = useState(0); // how often that was asked of the palette
  const [drawer, setDrawer] = useState<boolean>(); // once it was asked for
  const [live, setLive] = useState<LiveState>('connecting');
  const updated = useUpdated(live);
  const signedOut = useAsked();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const href = useRouterState({ select: (state) => state.location.href });

  useEffect(() => listen(queries, setLive, undefined, () => stillIn(queries)), [queries]);
  useEffect(() => ahead(Palette, KeyHelp, Drawer, MeMenu), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: closing on every navigation is the point
  useEffect(() => setDrawer((was) => was && false), [pathname]);

  const leave = useRef(() => {});
  leave.current = () => {
    forgetSession(queries);
    void navigate({ to: '/sign-in', search: pathname === '/' ? {} : { next: href } });
  };
  // What another tab does to the session it does to this page too.
  const user = me?.user.id;
  const same = useSameUser(user);
  useEffect(
    () =>
      hearTabs((word) => {
        if ('signedOut' in word) {
          forgetUser(queries);
          void navigate({ to: '/sign-in' }); // where they were is nobody else's to see
        } else if (word.signedIn !== user) location.reload();
      }),
    [user, queries, navigate],
  );

  useEffect(() => {
    if (!user || !same) return;
    for (const unsent of takeUnsent(user))
      sayUnsent(notify, unsent, t('compose.show'), router.history.push);
  }, [user, same, t, router]);

  // Who has just signed in goes on in the page, not in front of it.
  useEffect(() => {
    if (cameThroughDoor() && document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, []);

  // A new place was opened from the rail or the palette: its main part takes the focus.
  const place = pathname.split('/')[1];
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    if (!document.activeElement?.closest('main')) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, [place]);
  // What had the focus went away with the page before; or was only out of sight while another page didn't come, and
  // whoever goes back goes on there.
  useEffect(() => {
    let hidden: HTMLElement | undefined;
    const isShown = (one: HTMLElement) => one.isConnected && one.getClientRects().length > 0;
    const leaves = ({ target }: FocusEvent) => {
      const left = target as HTMLElement;
      hidden = left.isConnected && !isShown(left) ? left : undefined;
    };
    const comes = () => {
      hidden = undefined;
    };
    document.addEventListener('focusout', leaves);
    document.addEventListener('focusin', comes);
    const rendered = router.subscribe('onRendered', ({ fromLocation }) => {
      if (!fromLocation || document.activeElement !== document.body) return;
      const back = hidden && isShown(hidden) ? hidden : document.getElementById('main');
      back?.focus({ preventScroll: true });
    });
    return () => {
      rendered();
      document.removeEventListener('focusout', leaves);
      document.removeEventListener('focusin', comes);
    };
  }, [router]);

  useEffect(() => {
    const ends = [
      router.subscribe('onBeforeNavigate', ({ pathChanged, fromLocation, toLocation }) => {
        notice(fromLocation, toLocation);
        if (!pathChanged) return;
        lead();
        if (fromLocation) leavePage();
      }),
      // Once the router is done with it, which tells React of everything together.
      router.subscribe('onResolved', () => {
        setSearching(false);
        queueMicrotask(arrive);
      }),
      forgetWay,
      leadNowhere,
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [router]);

  // At once: what is typed next is looked for already.
  const ask = (what: typeof palette) => flushSync(() => setPalette(what));
  const search = () => {
    askBox();
    if (isSearch(pathname)) return;
    flushSync(() => setSearching(true));
    void navigate({ to: '/search' });
  };
  useShortcuts(
    {
      '?': () => setHelp(true),
      '/': search,
      'Mod+k': () => ask(palette ? undefined : 'search'),
      'g i': () => void navigate({ to: '/inbox' }),
      'g s': () => void navigate({ to: '/sent' }),
      'g a': () => void navigate({ to: '/all' }),
      'g f': () => void navigate({ to: '/followed-candidates' }),
      'g o': () => void navigate({ to: '/followed-jobs' }),
      'g n': () => void navigate({ to: '/non-candidates' }),
      'g d': () => void navigate({ to: '/archived' }),
      'g c': () => void navigate({ to: '/candidates' }),
      'g j': () => void navigate({ to: '/jobs' }),
      'g e': () => void navigate({ to: '/settings/account/profile/email' }),
      c: () => ask('write'),
    },
    true,
    true,
  );

  if (!me || !same) return null;
  const rail = <Rail company={me.company.name} user={me.user} onWrite={() => ask('write')} />;
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      {phone ? (
        <>
          <header className="topbar">
            <IconButton label={t('menu')} onClick={() => setDrawer(true)}>
              <MenuIcon size={20} aria-hidden />
            </IconButton>
            <strong className="grow truncate">{me.company.name}</strong>
            <IconButton label={t('search')} onClick={search}>
              <Search size={20} aria-hidden />
            </IconButton>
          </header>
          {drawer !== undefined && (
            <Drawer
              open={drawer}
              onClose={() => setDrawer(false)}
              title={me.company.name}
              side="left"
            >
              {rail}
            </Drawer>
          )}
        </>
      ) : (
        rail
      )}
      <div className="page">
        <div role="status">
          {((live === 'lost' && !signedOut) || !online) && (
            <p className="offline">{t('live.lost')}</p>
          )}
          {updated && (
            <p className="offline">
              {t('live.updated')}{' '}
              <button type="button" onClick={() => location.reload()}>
                {t('live.reload')}
              </button>
            </p>
          )}
        </div>
        <Suspense fallback={<Skeleton />}>
          <Outlet />
        </Suspense>
        {phone && lists && (
          <button
            type="button"
            className="button primary write-float"
            aria-label={t('candidate.write')}
            onClick={() => ask('write')}
          >
            <SquarePen size={22} aria-hidden />
          </button>
        )}
      </div>
      <SignInAgain user={me.user} onLeave={() => leave.current()} />
      <StuckSince />
      {palette && (
        <Palette
          key={palette}
          write={palette === 'write'}
          onClose={() => setPalette(undefined)}
          onHelp={() => setHelp(true)}
          onWrite={() => setPalette('write')}
          onSignOut={() => setLeaves((times) => times + 1)}
        />
      )}
      {leaves > 0 && <SignOutNow key={leaves} onClose={() => setLeaves(0)} />}
      {searching && <Coming />}
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </div>
  );
}

function Rail({
  company,
  user,
  onWrite,
}: {
  company: string;
  user: { id: string; name: string; email: string };
  onWrite: () => void;
}) {
  const { t } = useTranslation();
  const waiting = { ...useWaitingClaims(), past: useWaitingPast().past };
  const toAnswer = useToAnswer();
  const stuck = useStuck();
  const drafts = useDraftsCount(user.id);
  return (
    <nav className="rail" aria-label={t('places')}>
      <div className="rail-company">
        <img src="/icon.svg" alt="" width={24} height={24} />
        <strong className="truncate rail-text">{company}</strong>
      </div>
      <Tip text={t('keys.compose')} shortcut="c" side="right">
        <button
          type="button"
          className="button primary rail-write"
          aria-label={t('candidate.write')}
          onClick={onWrite}
        >
          <SquarePen size={16} aria-hidden />
          <span className="rail-text">{t('candidate.write')}</span>
        </button>
      </Tip>
      <Tip text={t('search')} side="right">
        <Link
          to="/search"
          className="rail-search"
          activeProps={{ 'aria-current': 'page' }}
          onClick={askBox}
          aria-label={t('search')}
          aria-keyshortcuts="/"
        >
          <Search size={16} aria-hidden />
          <span className="grow rail-text">{t('search')}</span>
          <span className="rail-text">
            <Keys keys="/" />
          </span>
        </Link>
      </Tip>
      <div className="rail-places">
        <p className="rail-group rail-text">{t('rail.mine')}</p>
        <RailLink
          to="/inbox"
          icon={<Inbox size={18} aria-hidden />}
          label={t('place.inbox')}
          mark={toAnswer > 0 && <ToAnswer words />}
        />
        <RailLink
          to="/sent"
          icon={<Send size={18} aria-hidden />}
          label={t('place.sent')}
          mark={stuck.length > 0 && <StuckMark rows={stuck} />}
        />
        {drafts > 0 && (
          <RailLink
            to="/drafts"
            icon={<FilePen size={18} aria-hidden />}
            label={t('place.drafts')}
            mark={<DraftsMark count={drafts} />}
          />
        )}
        <p className="rail-group rail-text">{t('rail.team')}</p>
        <RailLink to="/all" icon={<Mails size={18} aria-hidden />} label={t('place.all')} />
        <RailLink
          to="/followed-candidates"
          icon={<UserRoundStar size={18} aria-hidden />}
          label={t('place.followed-candidates')}
        />
        <RailLink
          to="/followed-jobs"
          icon={<SquareStar size={18} aria-hidden />}
          label={t('place.followed-jobs')}
        />
        <RailLink
          to="/non-candidates"
          icon={<UserRoundX size={18} aria-hidden />}
          label={t('place.non-candidates')}
        />
        <RailLink
          to="/archived"
          icon={<Archive size={18} aria-hidden />}
          label={t('place.archived')}
        />
        <p className="rail-group rail-text">{t('rail.hiring')}</p>
        <RailLink
          to="/candidates"
          icon={<UsersRound size={18} aria-hidden />}
          label={t('place.candidates')}
        />
        <RailLink
          to="/jobs"
          icon={<BriefcaseBusiness size={18} aria-hidden />}
          label={t('place.jobs')}
        />
      </div>
      <div className="rail-foot">
        <RailLink
          to="/settings"
          icon={<Settings size={18} aria-hidden />}
          label={t('place.settings')}
          mark={waiting.claims + waiting.past > 0 && <WaitingMark waiting={waiting} />}
        />
        <Me user={user} />
      </div>
    </nav>
  );
}

// What I began to write and left: the place is there as long as there is any.
const useDraftsCount = (user: string): number =>
  useSyncExternalStore(watchKept, () => draftsOf(user).length);

function DraftsMark({ count }: { count: number }) {
  const { t } = useTranslation();
  const shown = useFormat().number(count);
  return (
    <span className="to-answer">
      <span aria-hidden>{shown}</span>
      <span className="sr">{t('rail.drafts', { count, shown })}</span>
    </span>
  );
}

function RailLink({
  to,
  icon,
  label,
  mark,
}: {
  to: `/${Place}` | '/drafts' | '/candidates' | '/jobs' | '/settings';
  icon: ReactNode;
  label: string;
  mark?: ReactNode;
}) {
  const { t } = useTranslation();
  const unread = useQuery(unreadCountsQuery).data?.[to.slice(1) as Place] ?? 0;
  const shown = unread < MOST_UNREAD ? unread : `${MOST_UNREAD - 1}+`;
  const words = unread > 0 ? `${label}, ${t('rail.unread', { count: unread, shown })}` : label;
  return (
    <Tip text={words} side="right">
      <Link
        to={to}
        className={`rail-link${unread > 0 ? ' unread' : ''}`}
        aria-label={mark ? undefined : words}
        activeProps={{ 'aria-current': 'page' }}
      >
        {icon}
        {mark && <span className="sr">{words}, </span>}
        <span className="grow truncate rail-text" aria-hidden={mark ? true : undefined}>
          {label}
        </span>
        {mark}
      </Link>
    </Tip>
  );
}

export function Me({ user }: { user: { name: string; email: string } }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  const there = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="rail-me-place">
      <ToMenu
        button={button}
        open={open}
        there={() => there.current}
        onOpen={() => {
          setAsked(true);
          setOpen(true);
        }}
        onGone={() => setOpen(false)}
      >
        <button type="button" className="rail-me" id="me">
          <span className="sr">{t('me.menu', { name: user.name })}</span>
          <Avatar name={user.name} small />
          <span className="grow truncate rail-text" aria-hidden>
            {user.name}
          </span>
          <ChevronsUpDown size={14} className="rail-text" aria-hidden />
        </button>
      </ToMenu>
      {asked && (
        <MeMenu
          user={user}
          button={button}
          open={open}
          onOpenChange={setOpen}
          there={there}
          onAway={() => {
            setAsked(false);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}
