// A candidate's profile is one timeline (M-9): the messages of all conversations that I may see, by date,
// and what happened to the profile between them. Like a conversation it ends with the newest.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { AtSign, BriefcaseBusiness, Forward, UserRoundPlus } from 'lucide-react';
import { Fragment, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import {
  type Candidate,
  failed,
  type Message,
  mailboxesQuery,
  type TimelineMessage,
  threadQuery,
  timelineQuery,
} from '../api/queries';
import { Coming, Composer, WRITING } from '../composer/on-demand';
import { useFocusAfter } from '../frame/hooks';
import { useShortcuts } from '../frame/shortcuts';
import { useFormat } from '../i18n/format';
import { MessageRow, useShownRows } from '../thread/rows';
import { focusText, useSteadyComposer } from '../thread/steady';
import { type Row, rowsOf, shownOf } from '../thread/versions';
import { Button } from '../ui/button';
import { ahead } from '../ui/part';
import { Failed, Skeleton, Tag } from '../ui/state';
import { sameFilter } from './filter';
import { NoConversation } from './none';
import '../thread/thread.css';

type Thread = TimelineMessage['thread'];
type Fact = { id: string; at: string; icon: typeof AtSign; words: string };
// `opens`: the message before it is of another conversation.
type Told = { at: string; row: Row; thread: Thread; opens: boolean };
type Entry = Told | { at: string; fact: Fact };

const MOMENT = 60_000; // ms: what is done in one go

// What the profile itself tells, as far as it is known when.
export function factsOf(candidate: Candidate, t: TFunction): Fact[] {
  const { created } = candidate;
  const later = (at: string) => Date.parse(at) - Date.parse(created) > MOMENT;
  return [
    { id: 'added', at: created, icon: UserRoundPlus, words: t('timeline.added') },
    ...candidate.applications.map((one) => ({
      id: one.id,
      at: one.created,
      icon: BriefcaseBusiness,
      words: t('timeline.applied', { job: one.job_title }),
    })),
    ...candidate.addresses
      .filter((one) => later(one.since) || !one.synced)
      .map((one) => ({
        id: one.address,
        at: one.since,
        icon: AtSign,
        words: t(one.synced ? 'timeline.address' : 'timeline.addressOff', {
          address: one.address,
        }),
      })),
  ];
}

// Oldest first. What happened before the oldest message that has come is told with the older ones.
export function entriesOf(
  rows: readonly Row[],
  threadOf: (message: string) => Thread,
  facts: readonly Fact[],
  older: boolean,
): Entry[] {
  const messages: Told[] = [];
  for (const row of rows) {
    const first = row.versions[0]!;
    const thread = threadOf(first.id);
    const opens = messages.at(-1)?.thread.id !== thread.id;
    messages.push({ at: first.date, row, thread, opens });
  }
  const from = older ? (messages[0]?.at ?? '') : '';
  const told: Entry[] = facts.filter(({ at }) => at >= from).map((fact) => ({ at: fact.at, fact }));
  // Of what has one date the facts come first: she is added, and then her e-mail comes.
  return [...told, ...messages].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

export function Timeline({
  candidate,
  composing,
  onWrite,
}: {
  candidate: Candidate;
  composing: boolean;
  onWrite: (open: boolean) => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const body = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const timeline = useInfiniteQuery(timelineQuery(candidate.id));
  const pages = timeline.data?.pages;
  const messages = useMemo(
    () => [...(pages ?? [])].reverse().flatMap((page) => page.messages),
    [pages],
  );
  const rows = useMemo(() => rowsOf(messages), [messages]);
  const threads = useMemo(() => new Map(messages.map((one) => [one.id, one.thread])), [messages]);
  const shown = useShownRows(rows);
  const entries = entriesOf(
    rows,
    (message) => threads.get(message)!,
    factsOf(candidate, t),
    timeline.hasNextPage,
  );

  const [reply, setReply] = useState<{ message: Message; all: boolean; thread: string }>();
  const answering = useQuery({
    ...threadQuery(reply?.thread ?? ''),
    enabled: Boolean(reply),
  });
  const writing = composing || reply !== undefined;
  const onReply = useCallback(
    (message: Message, all: boolean) =>
      setReply({ message, all, thread: threads.get(message.id)!.id }),
    [threads],
  );
  const newest = rows.at(-1);
  const start = (all: boolean) => {
    const message = newest && shownOf(newest, shown.picked);
    if (!message) return;
    if (reply?.message.id === message.id && reply.all === all && focusText(body.current)) return;
    // At once: what is typed next is writing already.
    flushSync(() => onReply(message, all));
  };
  useShortcuts({ r: () => start(false), a: () => start(true) });
  const closeReply = useCallback(() => setReply(undefined), []);
  useFocusAfter(writing, () => body.current?.querySelector('.thread-reply button'));
  useSteadyComposer(body, end, writing);
  useEffect(() => {
    if (writing) requestAnimationFrame(() => end.current?.scrollIntoView({ block: 'end' }));
  }, [writing]);
  const mailboxes = useQuery(mailboxesQuery);
  const canWrite = Boolean(mailboxes.data?.length);
  useEffect(() => (canWrite ? ahead(...WRITING) : undefined), [canWrite]);

  // Opening shows the newest message from its start.
  const scrolled = useRef(false);
  useEffect(() => {
    if (scrolled.current || !newest) return;
    scrolled.current = true; // once: what comes later leaves the reader where they are
    if (entries.length < 3) return;
    body.current?.querySelector(`[data-row="${newest.id}"]`)?.scrollIntoView({ block: 'start' });
  }, [newest, entries.length]);

  if (timeline.isPending) return <Skeleton rows={6} tall />;
  if (timeline.isError && !timeline.data)
    return <Failed error={timeline.error} onRetry={() => void timeline.refetch()} />;
  return (
    <div className="pane-body" ref={body}>
      <div className="thread-body">
        {timeline.hasNextPage && (
          <Button
            disabled={timeline.isFetchingNextPage}
            onClick={() => void timeline.fetchNextPage()}
          >
            {t(timeline.isFetchNextPageError ? 'thread.olderFailed' : 'thread.older')}
          </Button>
        )}
        {entries.map((entry) => {
          if ('fact' in entry) return <FactLine key={entry.fact.id} fact={entry.fact} />;
          return (
            <Fragment key={entry.row.id}>
              {entry.opens && <Subject candidate={candidate.id} thread={entry.thread} />}
              <MessageRow row={entry.row} shown={shown} onReply={onReply} />
            </Fragment>
          );
        })}
        {rows.length === 0 && !writing && (
          <NoConversation candidate={candidate} onWrite={() => onWrite(true)} />
        )}
        {reply ? (
          answering.isPending ? (
            <Coming />
          ) : failed(answering) ? (
            <Failed error={answering.error} onRetry={() => void answering.refetch()} />
          ) : (
            <Composer
              key={`${reply.message.id}${reply.all}`}
              thread={answering.data}
              candidate={candidate}
              replyTo={reply.message}
              all={reply.all}
              onClose={closeReply}
              onUndo={() => setReply(reply)}
            />
          )
        ) : composing ? (
          <Composer
            candidate={candidate}
            onClose={() => onWrite(false)}
            onUndo={() => onWrite(true)}
            onSent={(threadId) =>
              void navigate({
                to: '/candidates/$candidateId/threads/$threadId',
                params: { candidateId: candidate.id, threadId },
                search: sameFilter,
              })
            }
          />
        ) : null}
        <div ref={end} />
      </div>
    </div>
  );
}

function Subject({ candidate, thread }: { candidate: string; thread: Thread }) {
  const { t } = useTranslation();
  return (
    <h2 className="timeline-subject">
      <Link
        to="/candidates/$candidateId/threads/$threadId"
        params={{ candidateId: candidate, threadId: thread.id }}
        search={sameFilter}
        dir="auto"
        title={t('timeline.open')}
      >
        {thread.subject || t('thread.noSubject')}
      </Link>
      {thread.kind === 'internal_forward' && (
        <Tag tone="private" icon={<Forward size={12} aria-hidden />}>
          {t('thread.internal')}
        </Tag>
      )}
    </h2>
  );
}

function FactLine({ fact }: { fact: Fact }) {
  const format = useFormat();
  const Icon = fact.icon;
  return (
    <p className="timeline-fact">
      <Icon size={14} aria-hidden />
      <span dir="auto">{fact.words}</span>
      <time className="tabular" dateTime={fact.at} title={format.full(fact.at)}>
        {format.listTime(fact.at)}
      </time>
    </p>
  );
}
