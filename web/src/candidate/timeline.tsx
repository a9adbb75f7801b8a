// A candidate's profile is one timeline (M-9): the messages of all conversations that I may see, by date,
// and what happened to the profile between them. Like a conversation it ends with the newest.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import {
  ArrowRight,
  AtSign,
  BriefcaseBusiness,
  Forward,
  Merge,
  Paperclip,
  Reply,
  Split,
  UserRoundPlus,
} from 'lucide-react';
import { Fragment, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import {
  type Candidate,
  failed,
  fetchTurn,
  filesQuery,
  type Message,
  mailboxesQuery,
  type TimelineMessage,
  threadQuery,
  timelineQuery,
} from '../api/queries';
import { sameAddress } from '../composer/addresses';
import { hasDraft, readDraft } from '../composer/drafts';
import { moveLater, moveWaiting } from '../composer/joined';
import { Coming, Composer, WRITING } from '../composer/on-demand';
import { turnAfter } from '../composer/shared';
import { useUnfinishedOne } from '../composer/unfinished';
import { useFocusAfter, useMe } from '../frame/hooks';
import { useShortcuts } from '../frame/shortcuts';
import { type LongSpan, useFormat } from '../i18n/format';
import { usePutAway } from '../inbox/put-away';
import { MessageRow, useShownRows } from '../thread/rows';
import { focusText, useSteadyComposer } from '../thread/steady';
import { type Row, rowsOf, shownOf } from '../thread/versions';
import { Button } from '../ui/button';
import { notify, notifyProblem } from '../ui/notice';
import { ahead } from '../ui/part';
import { usePerson } from '../ui/person';
import { Failed, Skeleton, Tag } from '../ui/state';
import { DraftLies } from './draft-lies';
import { sameFilter } from './filter';
import { NoConversation } from './none';
import { leavePlace, placeLeft } from './place-left';
import '../thread/thread.css';

type Thread = TimelineMessage['thread'];
// `chosen`: this very message, whatever a draft that lies there answers.
type Answering = {
  message: Message;
  all: boolean;
  thread: string;
  chosen?: boolean;
  restored?: boolean;
  turn?: number;
};
type Move = Schemas['Move'];
type AddressChange = Schemas['AddressChange'];
type InJob = Schemas['InJob'];
type MergeTold = Schemas['MergeTold'];
type Page = Pick<Schemas['Timeline'], 'moves' | 'jobs' | 'addresses' | 'merges'>;
type Fact = { id: string; at: string; icon: typeof AtSign; words: string };
// `opens`: the message before it is of another conversation. `gap`: how long before it no message came.
type Ours = TimelineMessage['ours'];
type Told = { at: string; row: Row; thread: Thread; opens: boolean; gap?: LongSpan | undefined };
type Entry = Told | { at: string; fact: Fact };

const MAY_COME_WITHIN = 10_000; // ms: what was sent

// Ada moved Jane from Application to Interview · Backend engineer
export function moveWords(move: Move, candidate: string, t: TFunction): string {
  const steps = [
    [move.from_phase, move.to_phase],
    [move.from_status, move.to_status],
  ].filter(([from, to]) => from !== to);
  return t(move.by ? 'timeline.movedBy' : 'timeline.moved', {
    who: move.by,
    candidate,
    from: steps.map(([from]) => from).join(', '),
    to: steps.map(([, to]) => to).join(', '),
    job: move.job_title,
  });
}

// However it is written, the words around it stay where they are.
const isolated = (name: string) => `\u2068${name}\u2069`;

const IN_JOB = { added: 'added', taken_out: 'takenOut', put_back: 'putBack' } as const;

// Taken out of Backend engineer by Ada
export function inJobWords({ what, job_title, by }: InJob, t: TFunction): string {
  const said = IN_JOB[what];
  return t(by ? `timeline.inJob.${said}By` : `timeline.inJob.${said}`, {
    job: isolated(job_title),
    who: by,
  });
}

// Merged with J. Doe by Ada
export function mergeWords({ name, by, undone, exchange }: MergeTold, t: TFunction): string {
  const said = undone ? 'undone' : exchange ? 'exchange' : 'with';
  return t(`timeline.merged.${said}`, { name: isolated(name), who: by });
}

// Ada took an address off: which one isn't told any longer.
function untoldOf({ by, added, how }: AddressChange) {
  if (how === 'merged') return 'merged';
  if (how === 'internal-user') return 'ofColleague';
  if (added) return by ? 'addedBy' : 'added';
  return by ? 'offBy' : 'off';
}

// Ada added jane@home.example; or why it came, or is no longer synced.
export function addressWords(change: AddressChange, t: TFunction): string {
  const { address, by, added, how } = change;
  if (!address) return t(`timeline.untold.${untoldOf(change)}`, { who: by });
  if (how === 'merged') return t('timeline.addressMerged', { address });
  if (how === 'internal-user') return t('timeline.addressOff', { address });
  const words = { who: by, name: isolated(address) };
  if (added) return by ? t('timeline.file', words) : t('timeline.address', { address });
  return by ? t('timeline.tookOff', words) : t('address.removed', { address });
}

// What the profile itself tells, as far as it is known when.
export function factsOf(
  candidate: Candidate,
  t: TFunction,
  files: readonly Schemas['CandidateFile'][] = [],
): Fact[] {
  return [
    { id: 'added', at: candidate.created, icon: UserRoundPlus, words: t('timeline.added') },
    ...files.flatMap((one) =>
      one.file
        ? {
            id: one.file,
            at: one.date,
            icon: Paperclip,
            words: t('timeline.file', { who: one.added_by, name: isolated(one.filename) }),
          }
        : [],
    ),
  ];
}

// What comes page by page, oldest first.
export function pagedFacts(pages: readonly Page[], candidate: string, t: TFunction): Fact[] {
  const facts = [...pages].reverse().flatMap((page) => [
    ...page.moves.map((move) => ({
      id: move.id,
      at: move.at,
      icon: ArrowRight,
      words: moveWords(move, candidate, t),
    })),
    ...page.jobs.map((one) => ({
      id: one.id,
      at: one.at,
      icon: BriefcaseBusiness,
      words: inJobWords(one, t),
    })),
    ...page.addresses.map((one) => ({
      id: one.id,
      at: one.at,
      icon: AtSign,
      words: addressWords(one, t),
    })),
    ...page.merges.map((one) => ({
      id: one.id,
      at: one.at,
      icon: one.undone ? Split : Merge,
      words: mergeWords(one, t),
    })),
  ]);
  return facts.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

const DAY = 86_400_000; // ms
const LONG = 14; // days: a week goes by in any exchange, two are a silence

// Whole weeks up to two months, whole months up to two years. None: nothing to be told.
export function gapBetween(before: string, after: string): LongSpan | undefined {
  const days = Math.floor((Date.parse(after) - Date.parse(before)) / DAY);
  if (!(days >= LONG)) return undefined;
  if (days < 61) return { unit: 'week', count: Math.floor(days / 7) };
  if (days < 730) return { unit: 'month', count: Math.floor(days / 30.44) };
  return { unit: 'year', count: Math.floor(days / 365) };
}

// A row stands where its first version does, whichever of them came with an earlier date.
const dateOf = ({ versions: [first] }: Row) => first!.date;
export const rowsByDate = (messages: readonly Message[]): Row[] =>
  rowsOf(messages).sort((one, other) => Date.parse(dateOf(one)) - Date.parse(dateOf(other)));

// Oldest first, as the rows are. What happened before the oldest that has come is told with the older ones.
export function entriesOf(
  rows: readonly Row[],
  threadOf: (message: string) => Thread,
  facts: readonly Fact[],
  older: boolean,
  paged: readonly Fact[] = [], // that came page by page, oldest first
): Entry[] {
  const messages: Told[] = [];
  for (const row of rows) {
    const thread = threadOf(row.versions[0]!.id);
    const before = messages.at(-1);
    const opens = before?.thread.id !== thread.id;
    const at = dateOf(row);
    messages.push({ at, row, thread, opens, gap: before && gapBetween(before.at, at) });
  }
  const first = [messages[0]?.at, paged[0]?.at].filter((at) => at !== undefined);
  const from = older ? Math.min(...first.map((at) => Date.parse(at))) : Number.NEGATIVE_INFINITY;
  const told: Entry[] = [...facts.filter(({ at }) => Date.parse(at) >= from), ...paged].map(
    (fact) => ({ at: fact.at, fact }),
  );
  // Of what has one date the facts come first: she is added, and then her e-mail comes.
  return [...told, ...messages].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

// What `r` answers: what the candidate wrote last, else what somebody wrote about them, else what we wrote to
// them. No program is answered; words among colleagues are answered where they are read.
export function answeredFirst(
  rows: readonly Row[],
  threadOf: (message: string) => Thread,
  addresses: readonly string[],
): Row | undefined {
  const written = rows.filter(
    ({ versions: [first] }) =>
      first!.kind === 'human' && threadOf(first!.id).kind === 'conversation',
  );
  const came = written.filter(({ versions: [first] }) => first!.direction === 'incoming');
  const theirs = came.findLast(({ versions: [first] }) =>
    first!.from.some((one) => addresses.some((own) => sameAddress(own, one.address))),
  );
  return theirs ?? came.at(-1) ?? written.at(-1);
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
  const rows = useMemo(() => rowsByDate(messages), [messages]);
  const threads = useMemo(() => new Map(messages.map((one) => [one.id, one.thread])), [messages]);
  const ours = useMemo(() => new Map(messages.map((one) => [one.id, one.ours])), [messages]);
  const shown = useShownRows(rows);
  const person = usePerson();
  const { first: name } = person(
    candidate.name,
    candidate.addresses.map((one) => one.address),
  );
  const files = useQuery(filesQuery(candidate.id));
  const paged = pagedFacts(pages ?? [], name, t);
  const entries = entriesOf(
    rows,
    (message) => threads.get(message)!,
    factsOf(candidate, t, files.data?.rows),
    timeline.hasNextPage,
    paged,
  );

  const me = useMe();
  const user = me?.user.id;
  const [reply, setReply] = useState<Answering>();
  const answering = useQuery({
    ...threadQuery(reply?.thread ?? ''),
    enabled: Boolean(reply),
  });
  const writing = composing || reply !== undefined;
  const answer = useCallback(
    (message: Message, all: boolean, chosen: boolean) =>
      setReply((before) => {
        const thread = threads.get(message.id)!.id;
        const turn = turnAfter(before?.turn, user, `thread:${thread}`);
        return { message, all, chosen, thread, turn };
      }),
    [threads, user],
  );
  const onReply = useCallback(
    (message: Message, all: boolean) => answer(message, all, true),
    [answer],
  );
  const newest = rows.at(-1);
  const answered = answeredFirst(
    rows,
    (message) => threads.get(message)!,
    candidate.addresses.map((one) => one.address),
  );
  const answerable = answered && shownOf(answered, shown.picked);
  const onSomebodyElse = () => {
    const row = document.activeElement?.closest<HTMLElement>('.split-list [data-id]');
    return row !== null && row !== undefined && row.dataset.id !== candidate.id;
  };
  const start = (all: boolean) => {
    const message = answerable;
    if (!message || onSomebodyElse()) return;
    if (reply?.message.id === message.id && reply.all === all && focusText(body.current)) return;
    // At once: what is typed next is writing already.
    flushSync(() => answer(message, all, false));
  };
  // Done is the conversation that `r` answers, as far as it is shown.
  const putAway = usePutAway();
  const done = () => {
    if (!answerable || onSomebodyElse()) return;
    fetchTurn(threads.get(answerable.id)!.id).then((thread) => {
      const seen = thread.messages.every((one) => threads.has(one.id)) ? thread.came : 0;
      if (thread.triage) putAway({ ...thread, came: seen }, false);
      else notify(t('triage.notMine', { name: candidate.name }));
    }, notifyProblem);
  };
  useShortcuts(answerable ? { r: () => start(false), a: () => start(true), e: done } : {});
  // Once the composer is gone, which keeps its draft as it goes.
  const [drafted, setDrafted] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!me || writing) return;
    const all = [...new Set([...threads.values()].map(({ id }) => id))];
    for (const id of all) moveWaiting(me.user.id, `thread:${id}`);
    setDrafted(new Set(all.filter((id) => hasDraft(me.user.id, `thread:${id}`))));
  }, [me, writing, threads]);
  // A new message that was begun and left.
  const begun = `candidate:${candidate.id}`;
  const unfinished = useUnfinishedOne(user, begun);
  // Its conversation has become part of another one: what is written in it goes along (T-8).
  const whole = answering.data?.id;
  useEffect(() => {
    if (me && reply && whole && whole !== reply.thread)
      moveLater(me.user.id, `thread:${reply.thread}`, `thread:${whole}`);
  }, [me, reply, whole]);
  // A draft that was left here is on the table again.
  const restored = useRef(false);
  const lies = answerable && threads.get(answerable.id)!.id;
  useEffect(() => {
    if (restored.current || !answerable || !lies || !me) return;
    restored.current = true;
    const draft = composing ? undefined : readDraft(me.user.id, `thread:${lies}`);
    if (draft)
      setReply({
        message: answerable,
        all: draft.answers?.all ?? false,
        thread: lies,
        restored: true,
      });
  }, [answerable, lies, me, composing]);
  // A new message takes the place of an answer, whose draft is kept.
  useEffect(() => {
    if (composing) setReply(undefined);
  }, [composing]);
  const closeReply = useCallback(() => setReply(undefined), []);
  const toReply = () => body.current?.querySelector<HTMLElement>('.thread-reply button');
  useFocusAfter(writing, toReply);
  useFocusAfter(unfinished !== undefined, toReply);
  useSteadyComposer(body, end, writing);
  const toEnd = useCallback(
    () => requestAnimationFrame(() => end.current?.scrollIntoView({ block: 'end' })),
    [],
  );
  const calm = reply?.restored;
  useEffect(() => {
    if (writing && !calm) toEnd();
  }, [writing, calm, toEnd]);
  // What was just sent is seen to be there.
  const sent = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: that another one is the newest is the point
  useEffect(() => {
    if (Date.now() - sent.current < MAY_COME_WITHIN) toEnd();
  }, [newest?.id, writing, toEnd]);
  const mailboxes = useQuery(mailboxesQuery);
  const canWrite = Boolean(mailboxes.data?.length);
  useEffect(() => (canWrite ? ahead(...WRITING) : undefined), [canWrite]);

  // Opening shows the newest message from its start, and coming back what was being read.
  const scrolled = useRef(false);
  useEffect(() => {
    if (scrolled.current || !newest) return;
    scrolled.current = true; // once: what comes later leaves the reader where they are
    const before = placeLeft();
    if (before !== undefined) return void body.current?.scrollTo({ top: before });
    if (entries.length < 3) return;
    body.current?.querySelector(`[data-row="${newest.id}"]`)?.scrollIntoView({ block: 'start' });
  }, [newest, entries.length]);

  if (timeline.isPending) return <Skeleton rows={6} tall />;
  if (timeline.isError && !timeline.data)
    return <Failed error={timeline.error} onRetry={() => void timeline.refetch()} />;
  return (
    <div
      className="pane-body"
      ref={body}
      onScroll={({ currentTarget }) => scrolled.current && leavePlace(currentTarget.scrollTop)}
    >
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
              {entry.gap && <Gap span={entry.gap} />}
              {entry.opens && (
                <Subject
                  candidate={candidate.id}
                  thread={entry.thread}
                  ours={ours.get(entry.row.versions[0]!.id)}
                  drafted={!writing && drafted.has(entry.thread.id)}
                />
              )}
              <MessageRow row={entry.row} shown={shown} onReply={onReply} />
            </Fragment>
          );
        })}
        {me && unfinished && !composing && (
          <DraftLies me={me} about={begun} draft={unfinished} onOpen={() => onWrite(true)} />
        )}
        {rows.length === 0 && !writing && !unfinished && (
          <NoConversation candidate={candidate} onWrite={() => onWrite(true)} />
        )}
        {reply ? (
          answering.isPending ? (
            <Coming calm={reply.restored} />
          ) : failed(answering) ? (
            <Failed error={answering.error} onRetry={() => void answering.refetch()} />
          ) : (
            <Composer
              key={`${reply.message.id}${reply.all}${reply.chosen ?? false}${reply.turn ?? 0}`}
              thread={answering.data}
              candidate={candidate}
              replyTo={reply.message}
              chosen={reply.chosen}
              all={reply.all}
              calm={reply.restored}
              onClose={closeReply}
              onSent={() => {
                sent.current = Date.now();
              }}
              onUndo={() => setReply({ ...reply, chosen: false, restored: false })}
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
                replace: true, // nobody goes back to an empty one
              })
            }
          />
        ) : (
          answerable &&
          canWrite && (
            <div className="row wrap thread-reply">
              <Button icon={<Reply size={16} aria-hidden />} onClick={() => start(false)}>
                {t('reply')}
              </Button>
            </div>
          )
        )}
        <div ref={end} />
      </div>
    </div>
  );
}

function Subject({
  candidate,
  thread,
  ours,
  drafted,
}: {
  candidate: string;
  thread: Thread;
  ours: Ours | undefined;
  drafted: boolean;
}) {
  const { t } = useTranslation();
  const whom = ours && [ours.name, ours.address].filter(Boolean).join(', ');
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
      {whom && (
        <span className="timeline-ours truncate" dir="auto" title={whom}>
          {whom}
        </span>
      )}
      {thread.kind === 'internal_forward' && (
        <Tag tone="private" icon={<Forward size={12} aria-hidden />}>
          {t('thread.internal')}
        </Tag>
      )}
      {drafted && <Tag>{t('compose.draft')}</Tag>}
    </h2>
  );
}

function Gap({ span }: { span: LongSpan }) {
  const { t } = useTranslation();
  const format = useFormat();
  return <p className="timeline-gap">{t('timeline.gap', { span: format.spelled(span) })}</p>;
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
