import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowUp, Inbox as InboxIcon, Mails, Send as SendIcon, UserRoundPlus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { invitationsQuery, mailboxesQuery, type Place, type ThreadRow } from '../api/queries';
import { useMayEdit, useTitle } from '../frame/hooks';
import { Button } from '../ui/button';
import { Banner, Empty, Failed, Skeleton } from '../ui/state';
import { VirtualList } from '../ui/virtual-list';
import { useLiveThreads } from './live';
import { Row, toAnswer } from './row';
import './inbox.css';

export const Inbox = () => <ThreadPlace place="inbox" />;
export const Sent = () => <ThreadPlace place="sent" />;
export const AllCandidates = () => <ThreadPlace place="all" />;

const ICONS = { inbox: InboxIcon, sent: SendIcon, all: Mails };

function ThreadPlace({ place }: { place: Place }) {
  const { t } = useTranslation();
  const { threadId } = useParams({ strict: false });
  const title = t(`place.${place}`);
  useTitle(title);
  const Icon = ICONS[place];
  return (
    <main className={`split${threadId ? ' open' : ''}`} id="main" tabIndex={-1}>
      <section className="split-list" aria-label={title}>
        <ThreadList place={place} title={title} current={threadId} />
      </section>
      <div className="split-main">
        {threadId ? (
          <Outlet />
        ) : (
          <div className="pane">
            <Empty
              icon={<Icon size={24} aria-hidden />}
              title={t('reading.none')}
              text={t('reading.hint')}
            />
          </div>
        )}
      </div>
    </main>
  );
}

function ThreadList({
  place,
  title,
  current,
}: {
  place: Place;
  title: string;
  current: string | undefined;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const live = useLiveThreads({ place }, atTop && !current, current);
  const mayEdit = useMayEdit();
  const owed = toAnswer(live.rows);
  const to = `/${place}/$threadId` as const;
  const row = useCallback(
    (thread: ThreadRow, tabIndex: 0 | -1) => (
      <Row
        thread={thread}
        current={thread.id === current}
        link={(props) => (
          <Link to={to} params={{ threadId: thread.id }} tabIndex={tabIndex} {...props} />
        )}
      />
    ),
    [current, to],
  );
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
        <h1 className="truncate">{title}</h1>
        <span className="grow small quiet tabular truncate">
          {place === 'inbox' &&
            owed > 0 &&
            t(live.list.hasNextPage ? 'list.owedAtLeast' : 'list.owed', { count: owed })}
        </span>
        {live.waiting > 0 && (
          <Button
            look="primary"
            small
            icon={<ArrowUp size={14} aria-hidden />}
            onClick={() => {
              live.show();
              scroller.current?.scrollTo({ top: 0 });
            }}
          >
            {t('list.new', { count: live.waiting })}
          </Button>
        )}
      </header>
      <div className="pane-body list-body" ref={scroller}>
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
        {live.list.isPending || (live.rows.length === 0 && mailboxes.isPending) ? (
          <Skeleton rows={10} />
        ) : live.list.isError && live.rows.length === 0 ? (
          <Failed error={live.list.error} onRetry={() => void live.list.refetch()} />
        ) : live.rows.length === 0 ? (
          mailboxes.data?.length === 0 ? (
            <Empty
              alone
              icon={<InboxIcon size={24} aria-hidden />}
              title={t('list.connectTitle')}
              text={t('list.connectText')}
            >
              {!invited && (
                <Button look="primary" asChild>
                  <Link to="/settings/account/profile/email/add">{t('email.add')}</Link>
                </Button>
              )}
            </Empty>
          ) : (
            <Empty
              alone
              icon={<UserRoundPlus size={24} aria-hidden />}
              title={t(`list.empty.${place}.title`)}
              text={t(
                place === 'inbox' && !mayEdit
                  ? 'list.empty.inbox.textForMe'
                  : `list.empty.${place}.text`,
              )}
            >
              {mayEdit && (
                <Button onClick={() => void navigate({ to: '/candidates', search: { add: true } })}>
                  {t('candidate.add')}
                </Button>
              )}
            </Empty>
          )
        ) : (
          <VirtualList
            label={t(`place.${place}`)}
            items={live.rows}
            current={current}
            onEnd={live.more}
            onTop={setAtTop}
            scroller={scroller}
          >
            {row}
          </VirtualList>
        )}
      </div>
    </>
  );
}
