import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import {
  Archive,
  ArrowUp,
  CircleCheck,
  Inbox as InboxIcon,
  Mails,
  Send as SendIcon,
  SquareStar,
  UserRoundPlus,
  UserRoundStar,
  UserRoundX,
} from 'lucide-react';
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import {
  invitationsQuery,
  mailboxesQuery,
  type Place,
  type ThreadRow,
  type Turn,
} from '../api/queries';
import { useFocusAfter, useMayEdit, useTitle } from '../frame/hooks';
import { Button } from '../ui/button';
import { Banner, Empty, Failed, Skeleton } from '../ui/state';
import { VirtualList } from '../ui/virtual-list';
import { ListBeside, useRowKeys } from './list-beside';
import { useLiveThreads } from './live';
import { Row } from './row';
import { Tabs } from './tabs';
import { addressOf, filterOf, type TabSearch, turnIn } from './turns';
import './inbox.css';

export const Inbox = () => <ThreadPlace place="inbox" />;
export const Sent = () => <ThreadPlace place="sent" />;
export const AllCandidates = () => <ThreadPlace place="all" />;
export const FollowedCandidates = () => <ThreadPlace place="followed-candidates" />;
export const FollowedJobs = () => <ThreadPlace place="followed-jobs" />;
export const NonCandidates = () => <ThreadPlace place="non-candidates" />;
export const Archived = () => <ThreadPlace place="archived" />;

const ICONS = {
  inbox: InboxIcon,
  sent: SendIcon,
  all: Mails,
  'followed-candidates': UserRoundStar,
  'followed-jobs': SquareStar,
  'non-candidates': UserRoundX,
  archived: Archive,
};
// What stands in these is some of all, by what somebody chose: empty, they say where one does.
const CHOSEN_AT = {
  'followed-candidates': '/candidates',
  'followed-jobs': '/jobs',
  archived: '/inbox',
} as const;
type Chosen = keyof typeof CHOSEN_AT;
const isChosen = (place: Place): place is Chosen => place in CHOSEN_AT;

// In a place with tabs: what it shows, and where.
function useTurn(place: Place): { turn: Turn | undefined; search: TabSearch } {
  const turn = turnIn(place, useSearch({ strict: false }));
  const search = useMemo(() => addressOf(place, turn), [place, turn]);
  return { turn, search };
}

function ThreadPlace({ place }: { place: Place }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { threadId } = useParams({ strict: false });
  const begins = useRouterState({
    select: ({ location }) => location.pathname === '/non-candidates/new',
  });
  const { turn, search } = useTurn(place);
  const title = t(`place.${place}`);
  useTitle(threadId || begins ? undefined : title);
  const Icon = ICONS[place];
  const rows = useRef<readonly ThreadRow[]>([]);
  const open = useCallback(
    (id: string | undefined) =>
      id
        ? navigate({ to: `/${place}/$threadId`, params: { threadId: id }, search })
        : navigate({ to: `/${place}`, search }),
    [place, search, navigate],
  );
  return (
    <ListBeside
      rows={rows}
      turn={turn}
      open={open}
      current={threadId ?? (begins ? 'new' : undefined)}
      list={
        <section className="split-list" aria-label={title}>
          <ThreadList place={place} title={title} current={threadId} shown={rows} />
        </section>
      }
      nothing={
        <Empty
          icon={<Icon size={24} aria-hidden />}
          title={t('reading.none')}
          text={t('reading.hint')}
        />
      }
    />
  );
}

function ThreadList({
  place,
  title,
  current,
  shown,
}: {
  place: Place;
  title: string;
  current: string | undefined;
  shown: RefObject<readonly ThreadRow[]>;
}) {
  const { t } = useTranslation();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [atTop, setAtTop] = useState(true);
  const { turn, search } = useTurn(place);
  const filter = useMemo(() => filterOf(place, turn), [place, turn]);
  const live = useLiveThreads(filter, atTop && !current, current);
  shown.current = live.rows;
  const to = `/${place}/$threadId` as const;
  const here = place === 'all' ? 'all' : 'to_answer'; // where who isn't connected may look
  const row = useCallback(
    (thread: ThreadRow, tabIndex: 0 | -1) => (
      <Row
        thread={thread}
        current={thread.id === current}
        link={(props) => (
          <Link
            to={to}
            params={{ threadId: thread.id }}
            search={search}
            tabIndex={tabIndex}
            {...props}
          />
        )}
      />
    ),
    [current, to, search],
  );
  useFocusAfter(live.rows.length > 0, () => null);
  useRowKeys(live.rows, !current);
  // Another tab begins at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that another one is shown is the point
  useLayoutEffect(() => {
    if (scroller) scroller.scrollTop = 0;
  }, [turn]);
  const invitations = useQuery(invitationsQuery);
  const mailboxes = useQuery(mailboxesQuery);
  const invited =
    place === 'inbox' && mailboxes.data?.length === 0 ? invitations.data?.at(0) : undefined;

  // Sent in this very window and open on a wide screen: keep the open row in the list in sight.
  useEffect(() => {
    if (!current) return;
    document.querySelector('.thread-row[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  return (
    <>
      <header className="pane-head">
        <h1 className="grow truncate">{title}</h1>
        {live.waiting > 0 && (
          <Button
            look="primary"
            small
            icon={<ArrowUp size={14} aria-hidden />}
            onClick={() => {
              live.show();
              scroller?.scrollTo({ top: 0 });
            }}
          >
            {t('list.new', { count: live.waiting })}
          </Button>
        )}
      </header>
      {(place === 'inbox' || place === 'sent') && turn && <Tabs place={place} turn={turn} />}
      <div className="pane-body list-body" ref={setScroller}>
        <span className="sr" role="status">
          {live.waiting > 0 && t('list.new', { count: live.waiting })}
        </span>
        {invited && (
          <div className="list-banner">
            <Banner
              tone="accent"
              title={t('invitation.title', { name: invited.from_name })}
              actions={
                <Button small look="primary" asChild>
                  <Link to="/settings/account/profile/email/add">{t('email.connect')}</Link>
                </Button>
              }
            >
              {t('invitation.text')}
            </Banner>
          </div>
        )}
        {live.list.isPending ||
        (live.rows.length === 0 &&
          (mailboxes.isPending || (live.list.hasNextPage && !live.list.isError))) ? (
          <Skeleton rows={10} />
        ) : live.list.isError && live.rows.length === 0 ? (
          <Failed error={live.list.error} onRetry={() => void live.list.refetch()} />
        ) : live.rows.length === 0 ? (
          isChosen(place) ? (
            <NothingChosen place={place} />
          ) : place === 'non-candidates' ? (
            <Empty
              alone
              icon={<UserRoundX size={24} aria-hidden />}
              title={t('list.empty.non-candidates.title')}
              text={t('list.empty.non-candidates.text')}
            >
              <Button asChild>
                <Link to="/non-candidates/new">{t('list.empty.non-candidates.go')}</Link>
              </Button>
            </Empty>
          ) : mailboxes.data?.length === 0 ? (
            <Empty
              alone
              icon={<InboxIcon size={24} aria-hidden />}
              title={t(invited ? `list.empty.${here}.title` : 'list.connectTitle')}
              text={t(invited ? `list.empty.${here}.text` : 'list.connectText')}
            >
              {!invited && (
                <Button look="primary" asChild>
                  <Link to="/settings/account/profile/email/add">{t('email.add')}</Link>
                </Button>
              )}
              <Button asChild>
                <Link to="/candidates">{t('list.empty.followed-candidates.go')}</Link>
              </Button>
            </Empty>
          ) : (
            <NothingHere place={place} turn={turn} />
          )
        ) : (
          <VirtualList
            key={turn}
            label={turn ? `${title}: ${t(`triage.${turn}`)}` : title}
            items={live.rows}
            current={current}
            onEnd={live.more}
            onTop={setAtTop}
            scroller={scroller}
            steady
          >
            {row}
          </VirtualList>
        )}
      </div>
    </>
  );
}

// Whether nothing is followed or put away, or nothing has come yet: what would be here, and how it gets here.
function NothingChosen({ place }: { place: Chosen }) {
  const { t } = useTranslation();
  const Icon = ICONS[place];
  return (
    <Empty
      alone
      icon={<Icon size={24} aria-hidden />}
      title={t(`list.empty.${place}.title`)}
      text={t(`list.empty.${place}.text`)}
    >
      <Button asChild>
        <Link to={CHOSEN_AT[place]}>{t(`list.empty.${place}.go`)}</Link>
      </Button>
    </Empty>
  );
}

// Nothing here: what would be, and what to do next.
function NothingHere({ place, turn }: { place: Place; turn: Turn | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayEdit = useMayEdit();
  const what = place === 'sent' && turn === 'to_answer' ? 'answered' : (turn ?? 'all');
  const Icon = what === 'all' ? UserRoundPlus : what === 'waiting' ? SendIcon : CircleCheck;
  const brings = what === 'to_answer' || what === 'all'; // a candidate more brings something here
  const missing = t(mayEdit ? 'list.empty.missing' : 'list.empty.missingForMe');
  return (
    <Empty
      alone
      icon={<Icon size={24} aria-hidden />}
      title={t(`list.empty.${what}.title`)}
      text={`${t(`list.empty.${what}.text`)} ${brings ? missing : ''}`}
    >
      {brings ? (
        mayEdit && (
          <Button onClick={() => void navigate({ to: '/candidates', search: { add: true } })}>
            {t('candidate.add')}
          </Button>
        )
      ) : (
        <Button asChild>
          <Link to="/inbox">{t('list.empty.toInbox')}</Link>
        </Button>
      )}
    </Empty>
  );
}
