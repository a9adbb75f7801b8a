import { useQueryClient } from '@tanstack/react-query';
import {
  Bot,
  CircleAlert,
  CircleCheck,
  CircleSlash,
  Clock,
  CornerUpLeft,
  FileText,
  Forward,
  type LucideIcon,
  MailWarning,
  Newspaper,
  Paperclip,
  Reply,
  UserRound,
} from 'lucide-react';
import { memo, type ReactElement, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { type Match, meQuery, type ThreadRow } from '../api/queries';
import { draftOf, isKept, watchKept } from '../composer/stored';
import { useMinute } from '../frame/hooks';
import { useStuck } from '../frame/stuck';
import { useFormat } from '../i18n/format';
import { Excerpt } from '../search/excerpt';
import { unsay } from '../ui/notice';
import type { Tone } from '../ui/state';
import { repeatsJob, withoutSalutation } from './subject';

export type Waiting =
  | 'uncertain'
  | 'failed'
  | 'bounced'
  | 'cancelled'
  | 'sending'
  | 'automatic'
  | 'list'
  | 'internal'
  | 'answer';

// What a thread waits for: the most pressing thing, one only. Behind automatic mail a person may wait.
export function waitsFor(thread: ThreadRow): Waiting | undefined {
  switch (thread.last_outbox_state) {
    case 'uncertain':
      return 'uncertain';
    case 'failed':
      return 'failed';
    case 'bounced':
      return 'bounced';
    case 'scheduled':
    case 'queued':
    case 'sending':
      return 'sending';
  }
  if (thread.last_kind === 'bounce') return 'bounced';
  if (thread.kind === 'internal_forward') return 'internal';
  if (thread.asked_at && (thread.triage ?? 'to_answer') === 'to_answer') return 'answer';
  if (thread.last_outbox_state === 'cancelled') return 'cancelled';
  if (thread.last_kind === 'automatic') return 'automatic';
  return thread.last_kind === 'list' ? 'list' : undefined;
}

const LOOKS: Record<Waiting, { tone: Tone; icon: LucideIcon }> = {
  uncertain: { tone: 'attention', icon: CircleAlert },
  failed: { tone: 'problem', icon: CircleAlert },
  bounced: { tone: 'problem', icon: MailWarning },
  cancelled: { tone: 'neutral', icon: CircleSlash },
  sending: { tone: 'neutral', icon: Clock },
  automatic: { tone: 'neutral', icon: Bot },
  list: { tone: 'neutral', icon: Newspaper },
  internal: { tone: 'private', icon: Forward },
  answer: { tone: 'accent', icon: CornerUpLeft },
};

const QUIET: ReadonlySet<Tone> = new Set(['neutral', 'accent', 'private']);

function Waited({ since }: { since: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  useMinute();
  const span = format.span(since);
  return (
    <time className="tabular" dateTime={since} title={t('waits.since', { at: format.full(since) })}>
      <span className="sr">{t('waits.answer', { span: format.spelled(span) })}</span>
      <span aria-hidden>{t(`waits.${span.unit}`, { shown: format.number(span.count) })}</span>
    </time>
  );
}

const FOUND_IN = {
  people: { Icon: UserRound, label: 'find.inPeople' },
  files: { Icon: Paperclip, label: 'find.inFiles' },
  contents: { Icon: FileText, label: 'find.inContents' },
  text: undefined,
  subject: undefined,
} as const;

const BEHIND_NAME = 12; // characters before what was found, behind a file's name

// Where in it: what is in the subject is marked there; what is in a file stands behind its name.
function FoundLine({ match, words }: { match: Match; words: string }) {
  const { t } = useTranslation();
  const { where, excerpt, file } = match;
  const found = FOUND_IN[where];
  const elsewhere = where === 'subject' || excerpt.length === 0;
  return (
    <span className="thread-line third">
      {found && !elsewhere && (
        <found.Icon size={13} className="thread-clip" aria-label={t(found.label)} />
      )}
      {file && !elsewhere && (
        <span className="truncate thread-file" title={file.name || undefined}>
          <bdi>{file.name || t('attachment.unnamed')}</bdi>
          {': '}
        </span>
      )}
      <span className="truncate grow" dir="auto">
        <bdi>
          {elsewhere ? words : <Excerpt pieces={excerpt} before={file ? BEHIND_NAME : undefined} />}
        </bdi>
      </span>
    </span>
  );
}

// Half an answer lies there, in this browser.
function useDrafted(thread: string): boolean {
  const user = useQueryClient().getQueryData(meQuery.queryKey)?.user.id;
  return useSyncExternalStore(
    watchKept,
    () => user !== undefined && isKept(draftOf(user, `thread:${thread}`)),
  );
}

// A letter of mine that lies stuck behind a later one: nothing else would show where it is (REL3).
function useStuckBefore({ id, last_outbox_state }: ThreadRow): 'failed' | 'uncertain' | undefined {
  const stuck = useStuck(false).find((one) => one.thread === id);
  if (last_outbox_state === 'failed' || last_outbox_state === 'uncertain') return undefined;
  return stuck?.state as 'failed' | 'uncertain' | undefined;
}

type LinkProps = { className: string; 'aria-current': 'true' | undefined; children: ReactNode };

export const Row = memo(function Row({
  thread,
  current,
  onProfile,
  match,
  link,
}: {
  thread: ThreadRow;
  current: boolean;
  onProfile?: boolean; // the candidate's name is known there: the last writer stands in its place
  match?: Match; // where it was found
  link: (props: LinkProps) => ReactElement;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const drafted = useDrafted(thread.id);
  const at = match?.at ?? thread.last_at;
  const waiting = useStuckBefore(thread) ?? waitsFor(thread);
  const look = waiting && LOOKS[waiting];
  const stuck = thread.last_outbox_state === 'failed' || thread.last_outbox_state === 'uncertain';
  useEffect(() => {
    if (stuck) unsay(`answer ${thread.id}`); // nobody is told that it is on its way
  }, [stuck, thread.id]);
  // Where what has been put away is looked through, by whom; but what went wrong is told everywhere.
  const archived = thread.done_by.length > 0 && (!look || QUIET.has(look.tone));
  const Icon = look?.icon;
  const subject = thread.subject || t('thread.noSubject');
  const who = onProfile ? subject : thread.candidate_name;
  const about =
    onProfile || (thread.last_snippet && repeatsJob(thread.subject, thread.jobs)) ? '' : subject;
  return link({
    className: ['thread-row', thread.unread && 'unread', match && 'found']
      .filter(Boolean)
      .join(' '),
    'aria-current': current ? 'true' : undefined,
    children: (
      <>
        <span className="thread-line">
          {thread.unread && <span className="sr">{t('thread.unread')}</span>}
          <span className="truncate thread-who" dir="auto">
            {who}
          </span>
          {drafted && <span className="thread-draft">{t('compose.draft')}</span>}
          {!onProfile && thread.jobs[0] && (
            <span className="truncate thread-job">{thread.jobs.join(', ')}</span>
          )}
          <span className="grow" />
          {thread.messages > 1 && (
            <span className="thread-count tabular">
              <span className="sr">{t('thread.messages', { count: thread.messages })}</span>
              <span aria-hidden>{thread.messages}</span>
            </span>
          )}
          {thread.has_attachments && (
            <Paperclip size={14} className="thread-clip" aria-label={t('attachment.has')} />
          )}
          <time className="thread-time tabular" dateTime={at} title={format.full(at)}>
            {format.listTime(at)}
          </time>
        </span>
        <span className="thread-line second">
          {match ? (
            <span className="truncate grow" dir="auto">
              <bdi className="thread-words">
                {match.where === 'subject' && match.excerpt.length > 0 ? (
                  <Excerpt pieces={match.excerpt} />
                ) : (
                  subject
                )}
              </bdi>
            </span>
          ) : (
            <span className="truncate grow" dir="auto">
              {thread.last_direction === 'outgoing' && (
                <Reply size={13} className="thread-mine" aria-label={t('thread.answered')} />
              )}
              <bdi className="thread-words">{withoutSalutation(thread.last_snippet)}</bdi>
              {about && thread.last_snippet && <span className="thread-dash"> – </span>}
              {about && <bdi className="thread-subject">{about}</bdi>}
            </span>
          )}
          {archived && (
            <span className="thread-wait neutral names">
              <CircleCheck size={13} aria-hidden />
              <span className="sr">{t('waits.doneBy')}</span>
              <span className="truncate">{thread.done_by.join(', ')}</span>
              {thread.done_by_others > 0 && <span>+{format.number(thread.done_by_others)}</span>}
            </span>
          )}
          {!archived && waiting && Icon && (
            <span className={`thread-wait ${look.tone}`}>
              <Icon size={13} aria-hidden />
              {waiting === 'answer' ? <Waited since={thread.asked_at!} /> : t(`waits.${waiting}`)}
            </span>
          )}
        </span>
        {match && <FoundLine match={match} words={thread.last_snippet} />}
      </>
    ),
  });
});
