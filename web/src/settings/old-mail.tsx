import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { keys, type Mailbox } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notify } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';
import { sinceOf, WindowChoice, type WindowValue } from './window-choice';

// "Import my old e-mails": first a count, then the decision.
export function OldMail({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [range, setRange] = useState<WindowValue>({ kind: 'year', date: '' });
  const since = sinceOf(range);
  const count = useMutation({
    mutationFn: (from: string | null) =>
      unwrap(
        client.POST('/mailboxes/{id}/count', {
          params: { path: { id: mailbox.id } },
          body: { since: from },
        }),
      ),
  });
  const start = useMutation({
    mutationFn: (from: string | null) =>
      unwrap(
        client.PUT('/mailboxes/{id}/window', {
          params: { path: { id: mailbox.id } },
          body: { since: from },
        }),
      ),
    onSuccess: (changed) => {
      queries.setQueryData(keys.mailbox(mailbox.id), changed);
      void queries.invalidateQueries({ queryKey: keys.mailboxes });
      notify(t('old.started'));
      setOpen(false);
      count.reset();
    },
  });
  const [counted, setCounted] = useState<string | null>();
  // The keyboard goes where the next step is.
  const box = useRef<HTMLDivElement>(null);
  const was = useRef(open);
  useEffect(() => {
    if (was.current === open) return;
    was.current = open;
    box.current?.querySelector<HTMLElement>(open ? 'input:checked' : 'button')?.focus();
  }, [open]);
  return (
    <>
      <p className="quiet">
        {mailbox.window_since
          ? t('old.since', { date: format.day(mailbox.window_since) })
          : t('old.everything')}
      </p>
      {!open ? (
        <div ref={box}>
          <Button onClick={() => setOpen(true)}>{t('old.go')}</Button>
        </div>
      ) : (
        <div className="stack" ref={box}>
          <WindowChoice
            legend={t('old.how')}
            value={range}
            onChange={(next) => {
              setRange(next);
              count.reset();
            }}
          />
          {count.isError && <ProblemBanner error={count.error} />}
          {start.isError && <ProblemBanner error={start.error} />}
          {count.isSuccess ? (
            <Banner
              tone="accent"
              role="status"
              title={t('old.counted', {
                count: count.data.candidate_messages,
                found: format.number(count.data.candidate_messages),
                all: format.number(count.data.messages),
              })}
              actions={
                <>
                  <Button
                    look="primary"
                    small
                    autoFocus
                    busy={start.isPending}
                    onClick={() => counted !== undefined && start.mutate(counted)}
                  >
                    {t('old.import')}
                  </Button>
                  <Button small onClick={() => setOpen(false)}>
                    {t('cancel')}
                  </Button>
                </>
              }
            >
              {t('old.countedText')}{' '}
              {count.data.oldest && t('old.oldest', { date: format.day(count.data.oldest) })}
            </Banner>
          ) : (
            <div className="row">
              <Button
                look="primary"
                busy={count.isPending}
                disabled={since === undefined}
                onClick={() => {
                  if (since === undefined) return;
                  setCounted(since);
                  count.mutate(since);
                }}
              >
                {t('old.count')}
              </Button>
              <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
              {count.isPending && (
                <span className="small quiet" role="status">
                  {t('old.counting')}
                </span>
              )}
            </div>
          )}
        </div>
      )}
    </>
  );
}
