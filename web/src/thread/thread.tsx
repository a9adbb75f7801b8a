import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouterState, useSearch } from '@tanstack/react-router';
import {
  ArrowLeft,
  Check,
  CornerUpLeft,
  Eye,
  Forward,
  Mail,
  PanelRight,
  Reply,
  ReplyAll,
} from 'lucide-react';
import {
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import {
  candidateQuery,
  failed,
  type Message,
  mailboxesQuery,
  PLACES,
  type ThreadRow,
  type Turn,
  threadQuery,
} from '../api/queries';
import { CandidateCard } from '../candidate/card';
import { sameFilter } from '../candidate/filter';
import { readDraft } from '../composer/drafts';
import { useEarlyKeys } from '../composer/early';
import { moveDraft, moveLater, moveWaiting } from '../composer/joined';
import { Composer, WRITING } from '../composer/on-demand';
import { answeredOf } from '../composer/reply';
import { turnAfter } from '../composer/shared';
import { useFocusAfter, useMe, useMedia, useTitle, WIDE } from '../frame/hooks';
import { useShortcuts } from '../frame/shortcuts';
import { useNeighborsAhead } from '../inbox/ahead';
import { useMark, useReading } from '../inbox/mark';
import { type Beside, BesideList, useAnswered, usePutAwayRow } from '../inbox/put-away';
import { PreviewPlace } from '../preview/place';
import { isSearch } from '../search/way';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ahead } from '../ui/part';
import { type Shown, usePerson } from '../ui/person';
import { Banner, Failed, Skeleton, Tag } from '../ui/state';
import { Tip } from '../ui/tip';
import { type Conversation, InConversation } from './correcting';
import { useFound } from './found';
import { NonCandidate, type Taking, TakingOver } from './non-candidate';
import { useOlder } from './older';
import { usePressed } from './pressed';
import { MessageRow, useShownRows } from './rows';
import { focusText, useSteadyComposer } from './steady';
import { type Row, rowsOf, shownOf } from './versions';
import './thread.css';

// `chosen`: this very message, whatever a draft that lies here answers.
type Answering = {
  message: Message;
  all: boolean;
  chosen?: boolean;
  restored?: boolean;
  turn?: number;
};

export function ThreadPage() {
  const { threadId, candidateId } = useParams({ strict: false });
  if (!threadId) return null;
  const pane = <ThreadPane key={threadId} id={threadId} />;
  return candidateId ? <OnProfile candidateId={candidateId}>{pane}</OnProfile> : pane;
}

// What is put away there leads back to the profile, in whose list it stays.
function OnProfile({ candidateId, children }: { candidateId: string; children: ReactNode }) {
  const navigate = useNavigate();
  const beside = useMemo<Beside>(
    () => ({
      turn: undefined,
      row: () => undefined,
      next: () => undefined,
      open: (threadId) =>
        threadId
          ? navigate({
              to: '/candidates/$candidateId/threads/$threadId',
              params: { candidateId, threadId },
              search: sameFilter,
            })
          : navigate({
              to: '/candidates/$candidateId',
              params: { candidateId },
              search: sameFilter,
            }),
    }),
    [candidateId, navigate],
  );
  return <BesideList.Provider value={beside}>{children}</BesideList.Provider>;
}

function useBack() {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const { candidateId } = useParams({ strict: false });
  const { tab, q } = useSearch({ strict: false });
  const search = tab ? { tab } : {};
  return () => {
    if (candidateId) {
      void navigate({
        to: '/candidates/$candidateId',
        params: { candidateId },
        search: sameFilter,
      });
    } else if (isSearch(path)) {
      void navigate({ to: '/search', search: q ? { q } : {} });
    } else {
      const place = PLACES.find((one) => path.startsWith(`/${one}/`)) ?? 'inbox';
      void navigate({ to: `/${place}`, search });
    }
  };
}

// Conversations that turned out to be one are shown as one: what is written in this one goes along,
// and so does the address, but not under a writer's hands.
function useWhole(id: string, whole: string | undefined, writing: boolean) {
  const me = useMe();
  const navigate = useNavigate();
  useEffect(() => {
    if (!me || !whole || whole === id) return;
    moveLater(me.user.id, `thread:${id}`, `thread:${whole}`);
    if (writing) return;
    moveDraft(me.user.id, `thread:${id}`, `thread:${whole}`);
    void navigate({
      to: '.',
      params: (before) => ({ ...before, threadId: whole }),
      search: true,
      replace: true,
    });
  }, [id, whole, writing, me, navigate]);
}

// The same object as long as nothing of it changes: every message reads it.
function useConversation(
  of: Conversation | undefined,
  rows: readonly Row[] | undefined, // where all of them are known
): Conversation | undefined {
  const { id, candidate, candidate_name, kind } = of ?? {};
  const count = rows?.length ?? of?.count;
  const first = rows?.[0]?.id;
  return useMemo(
    () =>
      id !== undefined &&
      candidate !== undefined &&
      candidate_name !== undefined &&
      kind !== undefined &&
      count !== undefined
        ? { id, candidate, candidate_name, kind, count, first }
        : undefined,
    [id, candidate, candidate_name, kind, count, first],
  );
}

type Of = Pick<ThreadRow, 'subject' | 'candidate' | 'candidate_name' | 'non_candidate'>;

/** What and with whom: known from the row while the conversation still comes. */
function About({
  thread: { subject, candidate, candidate_name, non_candidate },
  who,
  children,
}: {
  thread: Of;
  who: Shown;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className="grow">
      <h1 className="truncate" dir="auto" title={subject}>
        {subject || t('thread.noSubject')}
      </h1>
      <p className={`small quiet row thread-about${who.named ? '' : ' wrap'}`}>
        {non_candidate ? (
          <bdi className="truncate">{candidate_name}</bdi>
        ) : (
          <Link
            to="/candidates/$candidateId"
            params={{ candidateId: candidate }}
            className="truncate"
          >
            {who.first}
          </Link>
        )}
        {!non_candidate && !who.named && who.second && (
          <bdi className={who.pretends ? 'sender-pretends' : 'sender-address'}>{who.second}</bdi>
        )}
        {children}
      </p>
    </div>
  );
}

function ThreadPane({ id }: { id: string }) {
  const { t } = useTranslation();
  const back = useBack();
  const person = usePerson();
  const me = useMe();
  const wide = useMedia(WIDE);
  const thread = useQuery(threadQuery(id));
  const candidate = useQuery({
    ...candidateQuery(thread.data?.candidate ?? ''),
    enabled: thread.data?.non_candidate === false,
  });
  const mailboxes = useQuery(mailboxesQuery);
  const [reply, setReply] = useState<Answering>();
  const [card, setCard] = useState(false);
  const [taking, take] = useState<Taking>();
  const end = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const messages = thread.data?.messages;
  const older = useOlder(thread.data);
  useTitle(failed(thread) ? '' : thread.data && (thread.data.subject || t('thread.noSubject')));

  const rows = useMemo(() => rowsOf(messages ?? []), [messages]);
  const { message: found } = useSearch({ strict: false });
  const whole = rowsOf(older.messages);
  const conversation = useConversation(thread.data, older.older ? undefined : whole);
  const shown = useShownRows(found ? whole : rows, found);
  useFound(found, whole, older, shown, body);
  const answered = answeredOf(rows.filter((row) => !row.id.startsWith('pending:')));
  const answerable = answered && shownOf(answered, shown.picked);
  const toPerson = useRef(answerable);
  toPerson.current = answerable;
  // Nobody reads what is written to who reports a bounce.
  const user = me?.user.id;
  const answer = useCallback(
    (one: Answering) =>
      setReply((before) => ({ ...one, turn: turnAfter(before?.turn, user, `thread:${id}`) })),
    [user, id],
  );
  const onReply = useCallback(
    (of: Message, all: boolean) => {
      const person = of.kind === 'bounce' ? toPerson.current : undefined;
      answer({ message: person ?? of, all, chosen: !person });
    },
    [answer],
  );
  // Asked for while the conversation still comes: begins when it is there.
  const [early, setEarly] = useState<boolean>();
  useEarlyKeys(early !== undefined && (thread.isPending || answerable !== undefined));
  const start = (all: boolean) => {
    const same = reply?.all === all && reply.message.id === answerable?.id;
    if (same && focusText(body.current)) return;
    // At once: what is typed next is writing already.
    else if (answerable) flushSync(() => answer({ message: answerable, all }));
    else flushSync(() => setEarly(all));
  };
  useEffect(() => {
    if (!answerable || early === undefined) return;
    setReply({ message: answerable, all: early });
    setEarly(undefined);
  }, [answerable, early]);
  // Known from its row while it still comes.
  const list = useContext(BesideList);
  const mine = thread.data ?? list?.row(id);
  const putAway = usePutAwayRow();
  const answeredNow = useAnswered();
  // Whoever left meanwhile, or answers something else by now, isn't taken from there.
  const writing = useRef(reply);
  writing.current = reply;
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  // Whoever says that they haven't read it leaves it.
  const left = useRef(false);
  useReading(
    thread.data,
    thread.fetchStatus === 'idle' && !thread.isError,
    useCallback(() => left.current, []),
  );
  const mark = useMark();
  const leaveUnread = () => {
    if (!mine) return;
    left.current = true;
    mark(mine, true);
    back();
  };
  const { act, drop } = usePressed(
    {
      e: () => mine && putAway(mine, true), // says so where it isn't theirs to put away
      u: leaveUnread,
    },
    mine !== undefined,
    failed(thread),
  );
  const begin = (all: boolean) => {
    drop();
    start(all);
  };
  useShortcuts({
    e: () => act('e'),
    u: () => act('u'),
    r: () => begin(false),
    a: () => begin(true),
    ['Escape']: () =>
      document
        .querySelector<HTMLElement>('.thread-row[aria-current]')
        ?.focus({ preventScroll: true }),
  });

  const closeReply = useCallback(() => setReply(undefined), []);
  useFocusAfter(reply !== undefined, () => body.current?.querySelector('.thread-reply button'));

  // What can be answered is answered soon.
  const canWrite = Boolean(mailboxes.data?.length);
  useEffect(() => (canWrite ? ahead(...WRITING) : undefined), [canWrite]);

  // A draft that was left here is on the table again.
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current || !answerable || !me) return;
    restored.current = true;
    moveWaiting(me.user.id, `thread:${id}`);
    const draft = early === undefined ? readDraft(me.user.id, `thread:${id}`) : undefined;
    if (draft) setReply({ message: answerable, all: draft.answers?.all ?? false, restored: true });
  }, [answerable, me, id, early]);

  useWhole(id, thread.data?.id, reply !== undefined);
  useNeighborsAhead(id, thread.data !== undefined);
  useSteadyComposer(body, end, reply !== undefined);
  useEffect(() => {
    if (!reply) return;
    requestAnimationFrame(() => end.current?.scrollIntoView({ block: 'end' }));
  }, [reply]);

  // Whoever comes from a composer that is gone goes on in the conversation.
  useEffect(() => {
    if (document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, []);

  // Opening shows the newest message from its start.
  const scrolled = useRef(false);
  useEffect(() => {
    if (scrolled.current || !messages) return;
    if (found) return; // to what was found
    scrolled.current = true; // once: what comes later leaves the reader where they are
    if (rows.length < 3) return;
    body.current
      ?.querySelector(`[data-row="${rows.at(-1)!.id}"]`)
      ?.scrollIntoView({ block: 'start' });
  }, [messages, rows, found]);

  const beside = (of: Of, pane: ReactNode) => (
    <PreviewPlace
      candidate={of.candidate}
      filed={!of.non_candidate}
      card={
        of.non_candidate ? null : wide ? (
          <CandidateCard id={of.candidate} />
        ) : (
          <Dialog open={card} onClose={() => setCard(false)} title={t('card.title')} side="right">
            <CandidateCard id={of.candidate} bare />
          </Dialog>
        )
      }
    >
      {pane}
    </PreviewPlace>
  );
  // Its place is kept until it is known: the head would grow.
  const seen = (of: Of) =>
    !of.non_candidate &&
    !candidate.isError && (
      <button
        type="button"
        className="thread-seen"
        style={candidate.data ? {} : { visibility: 'hidden' }}
        onClick={() => setCard(true)}
        disabled={wide}
      >
        <Eye size={14} aria-hidden />
        <span className="truncate">
          {t('seen.count', { count: candidate.data?.seen_by.length ?? 2 })}
        </span>
      </button>
    );
  if (thread.isPending) {
    const pane = (
      <div className="pane">
        <header className="pane-head thread-head">
          <IconButton className="back" label={t('back')} onClick={back}>
            <ArrowLeft size={20} aria-hidden />
          </IconButton>
          {mine && (
            <About thread={mine} who={person(mine.candidate_name, [])}>
              {seen(mine)}
            </About>
          )}
        </header>
        <Skeleton rows={4} tall />
      </div>
    );
    return mine ? beside(mine, pane) : pane;
  }
  if (failed(thread)) {
    return (
      <div className="pane">
        <header className="pane-head">
          <IconButton className="back" label={t('back')} onClick={back}>
            <ArrowLeft size={20} aria-hidden />
          </IconButton>
          <h1 className="sr">{t('thread.noSubject')}</h1>
        </header>
        <Failed error={thread.error} onRetry={() => void thread.refetch()} />
      </div>
    );
  }

  const data = thread.data;
  const about = person(
    data.candidate_name,
    candidate.data?.addresses.map((one) => one.address) ?? [],
  );
  return beside(
    data,
    <div className="pane">
      <header className="pane-head thread-head">
        <IconButton className="back" label={t('back')} onClick={back}>
          <ArrowLeft size={20} aria-hidden />
        </IconButton>
        <About thread={data} who={about}>
          {seen(data)}
        </About>
        {data.kind === 'internal_forward' && (
          <Tag tone="private" icon={<Forward size={12} aria-hidden />}>
            {t('thread.internal')}
          </Tag>
        )}
        <IconButton label={t('thread.markUnread')} shortcut="u" onClick={leaveUnread}>
          <Mail size={18} aria-hidden />
        </IconButton>
        {data.triage && (
          <PutAway
            turn={data.triage}
            asked={data.asked_at !== null}
            onPress={() => mine && putAway(mine, true)}
          />
        )}
        {!wide && !data.non_candidate && (
          <IconButton label={t('card.show')} onClick={() => setCard(true)}>
            <PanelRight size={18} aria-hidden />
          </IconButton>
        )}
      </header>
      <div className="pane-body" ref={body}>
        <div className="thread-body">
          <NonCandidate thread={data} taking={taking} onTake={take} />
          {data.kind === 'internal_forward' && (
            <Banner>{t('thread.internalText', { name: about.short })}</Banner>
          )}
          {older.older && (
            <Button disabled={older.state === 'loading'} onClick={() => void older.more()}>
              {t(older.state === 'failed' ? 'thread.olderFailed' : 'thread.older')}
            </Button>
          )}
          <InConversation.Provider value={conversation}>
            <TakingOver.Provider value={data.non_candidate ? take : undefined}>
              {whole.map((row) => (
                <MessageRow key={row.id} row={row} shown={shown} found={found} onReply={onReply} />
              ))}
            </TakingOver.Provider>
          </InConversation.Provider>
          {reply ? (
            <Composer
              key={`${reply.message.id}${reply.all}${reply.chosen ?? false}${reply.turn ?? 0}`}
              thread={data}
              candidate={
                data.non_candidate ? undefined : { id: data.candidate, name: data.candidate_name }
              }
              replyTo={reply.message}
              chosen={reply.chosen}
              all={reply.all}
              calm={reply.restored}
              onClose={closeReply}
              onSent={() => here.current && writing.current === reply && answeredNow(data)}
              onUndo={() => setReply({ ...reply, chosen: false, restored: false })}
            />
          ) : (
            answerable &&
            mailboxes.isSuccess && (
              <div className="row wrap thread-reply">
                <Button icon={<Reply size={16} aria-hidden />} onClick={() => start(false)}>
                  {t('reply')}
                </Button>
                {answerable.to.length + answerable.cc.length > 1 &&
                  answerable.people_left_out === 0 && (
                    <Button icon={<ReplyAll size={16} aria-hidden />} onClick={() => start(true)}>
                      {t('replyAll')}
                    </Button>
                  )}
              </div>
            )
          )}
          <div ref={end} />
        </div>
      </div>
    </div>,
  );
}

function PutAway({ turn, asked, onPress }: { turn: Turn; asked: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const done = turn === 'done';
  const words = done
    ? t(asked ? 'triage.toAnswerAgain' : 'triage.toWaitingAgain')
    : t('triage.putAway');
  const Icon = done ? CornerUpLeft : Check;
  return (
    <Tip text={done ? words : t('triage.tip')} shortcut="e">
      <button
        type="button"
        className="button secondary sm put-away"
        aria-label={words}
        aria-keyshortcuts="e"
        onClick={onPress}
      >
        <Icon size={16} aria-hidden />
        <span className="put-away-words">{words}</span>
      </button>
    </Tip>
  );
}
