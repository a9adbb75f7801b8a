// Where a message lies, by a person's word (T-5): moved to another conversation of the candidate, split off, or
// the whole conversation merged with another one; each with undo, and who did it stands with the message.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { CornerUpRight, Merge, Split, SquareSplitVertical } from 'lucide-react';
import { createContext, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Corrected, correct, type Part, takeBack } from '../api/correcting';
import { failed, type Thread, type ThreadRow, threadListQuery, threadQuery } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { folded } from '../search/folded';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { MenuItem, MenuLine } from '../ui/menu';
import { More } from '../ui/more';
import { notifier, notifyProblem, reword } from '../ui/notice';
import { Picking } from '../ui/picking';
import { Failed, Skeleton } from '../ui/state';
import './correcting.css';

export type Conversation = {
  id: string;
  candidate: string;
  candidate_name: string;
  kind: ThreadRow['kind'];
  count: number; // versions of one message (S-11) are one, where all are known
  first?: string | undefined; // the row of the oldest message, where that is known
};
/** The conversation whose messages are shown; none where they are those of several. */
export const InConversation = createContext<Conversation | undefined>(undefined);

// → whether it went well.
function useCorrect() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return async (
    of: Conversation,
    what: { part: Part; message?: string; into?: string },
    words: string | ((thread: Thread | undefined) => string),
  ): Promise<boolean> => {
    const notify = notifier();
    const about = `correction ${of.id}`;
    try {
      const done = await correct(queries, of, what);
      const undo = () =>
        takeBack(queries, done.id, [of.id, done.thread], of.candidate).then(
          () => notify(t('placing.back'), { about }),
          notifyProblem,
        );
      const said = notify(typeof words === 'string' ? words : words(undefined), {
        about,
        action: { label: t('undo'), run: () => void undo() },
      });
      // Where it lies now may be called otherwise than before it came.
      if (typeof words !== 'string')
        void queries.fetchQuery({ ...threadQuery(done.thread), staleTime: 0 }).then(
          (now) => reword(said, words(now)),
          () => {}, // it is called as it was
        );
      return true;
    } catch (error) {
      notifyProblem(error);
      return false;
    }
  };
}

const othersThan = (of: Conversation) => (row: ThreadRow) =>
  row.id !== of.id && row.kind === of.kind;

// Whether there may be one that it could go to: as long as nobody knows, there is none.
function useHasOthers(of: Conversation | undefined): boolean {
  const { data, isError, hasNextPage } = useInfiniteQuery({
    ...threadListQuery({ place: 'all', candidate: of?.candidate ?? '' }),
    enabled: of !== undefined,
    staleTime: 0,
  });
  if (!of) return false;
  return isError || hasNextPage || Boolean(data?.pages.some((p) => p.rows.some(othersThan(of))));
}

/**
 * The last in a message's menu, for those who may: a dialog is asked for by `onAsk`. What can't be done isn't
 * offered; what is known to be possible only while the menu is open comes last, where it moves nothing.
 */
export function CorrectingItems({
  message,
  row,
  onAsk,
}: {
  message: string;
  row: string; // in which it stands
  onAsk: (part: 'message' | 'whole') => void;
}) {
  const { t } = useTranslation();
  const of = useContext(InConversation);
  const mayEdit = useMayEdit();
  const put = useCorrect();
  const mayCorrect = mayEdit ? of : undefined;
  const hasOthers = useHasOthers(mayCorrect);
  if (!mayCorrect) return null;
  const parts = mayCorrect.count > 1;
  return (
    <>
      {(parts || hasOthers) && <MenuLine />}
      {parts && row !== mayCorrect.first && (
        <MenuItem
          icon={<Split size={16} aria-hidden />}
          onSelect={() => void put(mayCorrect, { part: 'onward', message }, t('placing.splitMany'))}
        >
          {t('placing.splitHere')}
        </MenuItem>
      )}
      {parts && (
        <MenuItem
          icon={<SquareSplitVertical size={16} aria-hidden />}
          onSelect={() => void put(mayCorrect, { part: 'message', message }, t('placing.splitOne'))}
        >
          {t('placing.splitAlone')}
        </MenuItem>
      )}
      {hasOthers && (
        <>
          <MenuItem
            icon={<CornerUpRight size={16} aria-hidden />}
            onSelect={() => onAsk('message')}
          >
            {t('placing.move')}
          </MenuItem>
          <MenuItem icon={<Merge size={16} aria-hidden />} onSelect={() => onAsk('whole')}>
            {t('placing.merge')}
          </MenuItem>
        </>
      )}
    </>
  );
}

/** Which conversation of the same candidate and kind. */
export function CorrectingDialog({
  part,
  message,
  onClose,
}: {
  part: 'message' | 'whole' | undefined;
  message: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const of = useContext(InConversation);
  if (!of) return null;
  return (
    <Dialog
      open={part !== undefined}
      onClose={onClose}
      title={t(part === 'whole' ? 'placing.mergeTitle' : 'placing.moveTitle')}
      description={t(part === 'whole' ? 'placing.mergeText' : 'placing.moveText', {
        name: of.candidate_name,
      })}
    >
      {part && <Choices of={of} part={part} message={message} onClose={onClose} />}
      {part === 'message' && <p className="quiet small">{t('placing.otherCandidate')}</p>}
    </Dialog>
  );
}

function Choices({
  of,
  part,
  message,
  onClose,
}: {
  of: Conversation;
  part: 'message' | 'whole';
  message: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const put = useCorrect();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const list = useInfiniteQuery(threadListQuery({ place: 'all', candidate: of.candidate }));
  if (list.isPending) return <Skeleton rows={3} />;
  if (failed(list)) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const others = list.data.pages.flatMap((page) => page.rows).filter(othersThan(of));
  const wanted = folded(text.trim());
  const rows = others.filter((row) => folded(row.subject).includes(wanted));
  const pick = async (row: ThreadRow) => {
    if (busy) return;
    setBusy(true);
    const subject = row.subject || t('thread.noSubject');
    const what = part === 'whole' ? { part, into: row.id } : { part, message, into: row.id };
    const well = await put(of, what, (now) =>
      t(part === 'whole' ? 'placing.merged' : 'placing.moved', {
        subject: now ? now.subject || t('thread.noSubject') : subject,
      }),
    );
    setBusy(false);
    if (well) onClose();
  };
  return (
    <>
      {others.length === 0 ? (
        <p className="quiet">{t('placing.none', { name: of.candidate_name })}</p>
      ) : (
        <Picking
          label={t('placing.filter')}
          text={text}
          onText={setText}
          rows={rows}
          busy={busy}
          onPick={(row) => void pick(row)}
          row={(row) => (
            <>
              <span className="row">
                <strong className="truncate grow" dir="auto">
                  {row.subject || t('thread.noSubject')}
                </strong>
                <time className="quiet tabular small" dateTime={row.last_at}>
                  {format.listTime(row.last_at)}
                </time>
              </span>
              <span className="quiet small truncate" dir="auto">
                {row.last_snippet}
              </span>
            </>
          )}
        >
          <p className="quiet">{t('placing.noneFits')}</p>
        </Picking>
      )}
      <More of={list} />
    </>
  );
}

/** Who said that the message lies here; whoever may takes it back. */
export function CorrectedBy({ corrected }: { corrected: Corrected }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const of = useContext(InConversation);
  const mayEdit = useMayEdit();
  const { id, by, at, from } = corrected;
  const undo = async (shown: Conversation) => {
    const notify = notifier();
    try {
      await takeBack(queries, id, [shown.id, ...(from ? [from.id] : [])], shown.candidate);
      notify(t('placing.back'));
    } catch (error) {
      notifyProblem(error);
    }
  };
  return (
    <span className="placing-by">
      {t(from ? 'placing.byFrom' : 'placing.by', {
        name: by,
        date: format.full(at),
        subject: from?.subject || t('thread.noSubject'),
      })}{' '}
      {of && mayEdit && (
        <Button small onClick={() => void undo(of)}>
          {t('placing.takeBack')}
        </Button>
      )}
    </span>
  );
}
