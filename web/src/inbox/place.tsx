import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import {
  Archive,
  ArrowUp,
  Hourglass,
  Inbox as InboxIcon,
  Mails,
  Send as SendIcon,
  SquareStar,
  UserRoundStar,
  UserRoundX,
} from 'lucide-react';
import {
  type ComponentProps,
  memo,
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
  isNarrowed,
  mailboxesQuery,
  type Place,
  type ThreadRow,
  type Turn,
} from '../api/queries';
import { useFocusAfter, useMe, useTitle } from '../frame/hooks';
import { Button } from '../ui/button';
import { part } from '../ui/part';
import { Banner, Empty, Failed, Skeleton } from '../ui/state';
import { VirtualList } from '../ui/virtual-list';
import { useCodeAhead } from './ahead';
import { ListBeside, useRowKeys } from './list-beside';
import { useLiveThreads } from './live';
import { keepOrder, useOrder } from './order';
import { Row } from './row';
import { Tabs } from './tabs';
import {
  addressOf,
  filterOf,
  type Narrowing,
  narrowingIn,
  type TabSearch,
  tabSearch,
  turnIn,
} from './turns';
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
const worded = async <M extends { addWords: () => Promise<void> }>(module: Promise<M>) => {
  await (await module).addWords();
  return module;
};
const Narrow = part<ComponentProps<typeof import('./narrow').Narrow>, 'Narrow'>(
  () => worded(import('./narrow')),
  'Narrow',
  { waiting: <div className="list-filter" /> },
);
const Nothing = part<ComponentProps<typeof import('./nothing').Nothing>, 'Nothing'>(
  () => worded(import('./nothing')),
  'Nothing',
);

// What it shows, and where.
function useShown(place: Place): {
  turn: Turn | undefined;
  narrowing: Narrowing;
  search: TabSearch;
} {
  const asked = JSON.stringify(tabSearch(useSearch({ strict: false })));
  const order = useOrder(useMe()?.user.id);
  return useMemo(() => {
    const found: TabSearch = JSON.parse(asked);
    const turn = turnIn(place, found);
    const narrowing = narrowingIn(place, found, order);
    return { turn, narrowing, search: addressOf(place, turn, narrowing) };
  }, [place, asked, order]);
}

function ThreadPlace({ place }: { place: Place }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { threadId } = useParams({ strict: false });
  const begins = useRouterState({
    select: ({ location }) => location.pathname === '/non-candidates/new',
  });
  const { turn, search } = useShown(place);
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

// On the way from one to the next only these two are drawn anew, not all that are in sight.
const PlaceRow = memo(function PlaceRow({
  place,
  thread,
  current,
  search,
  tabIndex,
}: {
  place: Place;
  thread: ThreadRow;
  current: boolean;
  search: TabSearch;
  tabIndex: 0 | -1;
}) {
  const to = `/${place}/$threadId` as const;
  const params = useMemo(() => ({ threadId: thread.id }), [thread.id]);
  return (
    <Row
      thread={thread}
      current={current}
      link={(props) => (
        <Link to={to} params={params} search={search} tabIndex={tabIndex} {...props} />
      )}
    />
  );
});

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
  const { turn, narrowing, search } = useShown(place);
  const filter = useMemo(() => filterOf(place, turn, narrowing), [place, turn, narrowing]);
  const navigate = useNavigate();
  const user = useMe()?.user.id;
  const { order } = narrowing;
  const isNarrow = isNarrowed({ place, ...narrowing });
  const [narrows, setNarrows] = useState(false); // it was asked for
  const setNarrowing = (to: Narrowing, stays = true) => {
    setNarrows(stays);
    if (to.order !== order) keepOrder(user, to.order);
    void navigate({ to: '.', search: addressOf(place, turn, to) });
  };
  const live = useLiveThreads(filter, atTop && !current, current);
  shown.current = live.rows;
  const row = useCallback(
    (thread: ThreadRow, tabIndex: 0 | -1) => (
      <PlaceRow
        place={place}
        thread={thread}
        current={thread.id === current}
        search={search}
        tabIndex={tabIndex}
      />
    ),
    [current, place, search],
  );
  useFocusAfter(live.rows.length > 0, () => null);
  useRowKeys(live.rows, !current);
  useCodeAhead(live.rows.length > 0);
  // Another tab, or other rows of it, begin at their top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that another one is shown is the point
  useLayoutEffect(() => {
    if (scroller) scroller.scrollTop = 0;
  }, [filter]);
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
        <Button
          small
          look="ghost"
          aria-expanded={isNarrow || narrows}
          icon={order && <Hourglass size={14} aria-label={t('narrow.longest')} />}
          onClick={() =>
            isNarrow ? setNarrowing(order ? { order } : {}, false) : setNarrows(!narrows)
          }
        >
          {t(isNarrow ? 'narrow.lift' : 'narrow.label')}
        </Button>
      </header>
      <Tabs place={place} turn={turn} narrowing={narrowing} />
      {(isNarrow || narrows) && (
        <Narrow place={place} turn={turn} by={narrowing} focus={narrows} onChange={setNarrowing} />
      )}
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
          (mailboxes.isPending ||
            (live.list.hasNextPage && !live.list.isError && !live.further))) ? (
          <Skeleton rows={10} />
        ) : live.list.isError && live.rows.length === 0 ? (
          <Failed error={live.list.error} onRetry={() => void live.list.refetch()} />
        ) : live.rows.length === 0 ? (
          <Nothing
            place={place}
            turn={turn}
            by={narrowing}
            invited={invited !== undefined}
            connected={mailboxes.data?.length !== 0}
            further={live.further}
            busy={live.list.isFetchingNextPage}
            onChange={setNarrowing}
          />
        ) : (
          <VirtualList
            key={JSON.stringify(filter)}
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
        {live.further && live.rows.length > 0 && (
          <Button
            className="list-further"
            busy={live.list.isFetchingNextPage}
            onClick={live.further}
          >
            {t('narrow.further')}
          </Button>
        )}
      </div>
    </>
  );
}
