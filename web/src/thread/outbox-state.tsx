// The way out of one of our own messages, in words; and the decisions that are its writer's.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, CheckCheck, CircleAlert, Clock, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { codeWords } from '../api/problem';
import { keys, type Message, type OutboxMessage, threadQuery } from '../api/queries';
import { useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notify, notifyProblem } from '../ui/notice';
import { Banner, Tag } from '../ui/state';

type Word = 'resend' | 'consider_sent' | 'cancel';

function useDecision(row: OutboxMessage) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (word: Word) =>
      unwrap(
        client.POST('/outbox/{id}/decision', { params: { path: { id: row.id } }, body: { word } }),
      ),
    onSuccess: (changed, word) => {
      queries.setQueryData(threadQuery(row.thread).queryKey, (thread) =>
        thread
          ? {
              ...thread,
              messages: thread.messages.map((message) =>
                message.outbox?.id === row.id
                  ? { ...message, outbox: { ...message.outbox, ...changed } }
                  : message,
              ),
            }
          : thread,
      );
      void queries.invalidateQueries({ queryKey: keys.outbox });
      notify(t(`outbox.decided.${word}`));
    },
    onError: notifyProblem,
  });
}

// A folded letter that nobody got doesn't look like one that went.
export function NotGone({ state }: { state: OutboxMessage['state'] }) {
  const { t } = useTranslation();
  if (state === 'cancelled') return <Tag>{t('waits.cancelled')}</Tag>;
  if (state === 'uncertain') return <Tag tone="attention">{t('waits.uncertain')}</Tag>;
  if (state !== 'failed' && state !== 'bounced') return null;
  return <Tag tone="problem">{t(`waits.${state}`)}</Tag>;
}

export function OutboxLine({ row }: { row: OutboxMessage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const icon =
    row.state === 'seen_in_sent' ? (
      <CheckCheck size={14} aria-hidden />
    ) : row.state === 'sent' ? (
      <Check size={14} aria-hidden />
    ) : row.state === 'sending' ? (
      <LoaderCircle size={14} className="spin" aria-hidden />
    ) : row.state === 'queued' || row.state === 'scheduled' ? (
      <Clock size={14} aria-hidden />
    ) : (
      <CircleAlert size={14} aria-hidden />
    );
  const tone =
    row.state === 'uncertain'
      ? 'attention'
      : row.state === 'failed' || row.state === 'bounced'
        ? 'problem'
        : row.state === 'seen_in_sent' || row.state === 'sent'
          ? 'done'
          : '';
  const waits = row.state === 'queued' && row.attempts > 0 && row.next_try;
  return (
    <p className={`outbox-line ${tone}`} role="status">
      {icon}
      {waits
        ? t('outbox.waiting', {
            when: format.until(row.next_try!),
            reason: codeWords(row.why).title,
          })
        : row.state === 'sent' && row.why
          ? t('outbox.noCopy', { reason: codeWords(row.why).title })
          : t(`outbox.state.${row.state}`)}
    </p>
  );
}

// Its words, people and files on the table once more: to be put right, or sent to another address.
function EditAgain({
  message,
  row,
  onEdit,
}: {
  message: Message;
  row: OutboxMessage;
  onEdit: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = useMe();
  const edit = useMutation({
    mutationFn: async (user: string) => {
      const { editAgain } = await import('../composer/edit-again');
      return editAgain(queries, user, message, row);
    },
    onSuccess: (there) => (there ? onEdit() : notify(t('outbox.draftLies'), { tone: 'problem' })),
    onError: notifyProblem,
  });
  if (!me) return null;
  return (
    <Button small busy={edit.isPending} onClick={() => edit.mutate(me.user.id)}>
      {t('outbox.edit')}
    </Button>
  );
}

export function OutboxQuestion({
  row,
  message,
  onEdit,
}: {
  row: OutboxMessage;
  message: Message;
  onEdit: () => void; // it lies in the composer: open that
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const decide = useDecision(row);
  const edit = <EditAgain message={message} row={row} onEdit={onEdit} />;
  const reason = row.why ? codeWords(row.why) : undefined;
  const answer = row.answer && (
    <p className="outbox-answer">
      {t('outbox.answer')} <q>{row.answer}</q>
    </p>
  );
  if (row.state === 'uncertain') {
    return (
      <Banner
        tone="attention"
        title={t('outbox.uncertain.title')}
        actions={
          row.mine && (
            <>
              <Button
                look="primary"
                small
                busy={decide.isPending && decide.variables === 'consider_sent'}
                onClick={() => decide.mutate('consider_sent')}
              >
                {t('outbox.uncertain.leave')}
              </Button>
              <Button
                small
                busy={decide.isPending && decide.variables === 'resend'}
                onClick={() => decide.mutate('resend')}
              >
                {t('outbox.uncertain.resend')}
              </Button>
            </>
          )
        }
      >
        <p>{t('outbox.uncertain.text')}</p>
        <p>
          {t('outbox.uncertain.known', { when: format.full(row.created), count: row.attempts })}
          {row.next_try &&
            ` ${t('outbox.uncertain.looking', { when: format.until(row.next_try) })}`}
        </p>
        {answer}
      </Banner>
    );
  }
  if (row.state === 'failed' || row.state === 'bounced') {
    return (
      <Banner
        tone="problem"
        title={row.state === 'failed' ? t('outbox.failed.title') : t('outbox.bounced.title')}
        actions={
          row.mine &&
          (row.state === 'bounced' ? (
            edit
          ) : (
            <>
              <Button
                look="primary"
                small
                busy={decide.isPending && decide.variables === 'resend'}
                onClick={() => decide.mutate('resend')}
              >
                {t('tryAgain')}
              </Button>
              {edit}
              <Button
                small
                busy={decide.isPending && decide.variables === 'cancel'}
                onClick={() => decide.mutate('cancel')}
              >
                {t('outbox.failed.cancel')}
              </Button>
            </>
          ))
        }
      >
        {reason && (
          <p>
            {reason.title} {reason.detail}
          </p>
        )}
        {answer}
      </Banner>
    );
  }
  return row.state === 'cancelled' && row.mine ? edit : null;
}
