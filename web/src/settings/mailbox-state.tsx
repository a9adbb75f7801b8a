import { CircleAlert, CircleCheck, CirclePause, Hourglass, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { codeWords } from '../api/problem';
import type { Mailbox } from '../api/queries';
import { useFormat } from '../i18n/format';

// The server counts no further (openapi.yaml).
const MOST_COUNTED = 1000;

type Health =
  | 'unproven'
  | 'refused'
  | 'off'
  | 'needs_sign_in'
  | 'failing'
  | 'importing'
  | 'partly'
  | 'well'
  | 'starting';

export function healthOf(mailbox: Mailbox): Health {
  if (mailbox.address_proof === 'none') return 'unproven';
  if (mailbox.address_proof === 'refused') return 'refused';
  if (mailbox.state !== 'active') return mailbox.state;
  if (mailbox.last_error) return 'failing';
  // What is left of the past waits for folders that can't be read.
  if (mailbox.importing)
    return mailbox.folders_left > mailbox.folders_left_resting ? 'importing' : 'partly';
  return mailbox.last_success ? 'well' : 'starting';
}

// Whether this mailbox is synced, in words: the state, when it last was, what happens next.
export function MailboxState({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  const health = healthOf(mailbox);
  const icon = {
    unproven: <Hourglass size={16} aria-hidden />,
    refused: <CircleAlert size={16} aria-hidden />,
    off: <CirclePause size={16} aria-hidden />,
    needs_sign_in: <CircleAlert size={16} aria-hidden />,
    failing: <CircleAlert size={16} aria-hidden />,
    importing: <LoaderCircle size={16} className="spin" aria-hidden />,
    partly: <Hourglass size={16} aria-hidden />,
    starting: <LoaderCircle size={16} className="spin" aria-hidden />,
    well: <CircleCheck size={16} aria-hidden />,
  }[health];
  if (health === 'unproven' || health === 'refused') {
    return (
      <div className={`health ${health}`}>
        <p className="row">
          {icon}
          <strong>{t(`health.${health}`)}</strong>
        </p>
        <p className="small">{t(`health.${health}Text`, { address: mailbox.address })}</p>
      </div>
    );
  }
  const error = mailbox.last_error ? codeWords(mailbox.last_error) : undefined;
  const sendError = mailbox.send_error ? codeWords(mailbox.send_error) : undefined;
  return (
    <div className={`health ${health}`}>
      <p className="row">
        {icon}
        <strong>
          {health === 'partly'
            ? t('health.partly', { count: mailbox.folders_left })
            : t(`health.${health}`)}
        </strong>
      </p>
      {error && health !== 'off' && (
        <p className="small">
          {error.title} {error.detail}
        </p>
      )}
      <p className="small quiet">
        {health === 'importing' || health === 'starting'
          ? t('health.progress', {
              seen: format.number(mailbox.headers_seen),
              fetched: format.number(mailbox.bodies_fetched),
            })
          : mailbox.last_success
            ? t('health.last', { when: format.ago(mailbox.last_success) })
            : t('health.never')}
        {health === 'failing' &&
          mailbox.next_try &&
          ` ${t('health.next', { when: format.until(mailbox.next_try) })}`}
      </p>
      {sendError && health !== 'off' && (
        <>
          <p className="row">
            <CircleAlert size={16} aria-hidden />
            <strong>{t('health.sending')}</strong>
          </p>
          <p className="small">
            {sendError.title} {sendError.detail}
          </p>
        </>
      )}
      {mailbox.folders_resting > 0 && health !== 'off' && (
        <p className="small quiet">
          {t('health.foldersRest', { count: mailbox.folders_resting })}
          {health === 'partly' && ` ${t('health.partlyText')}`}
        </p>
      )}
      {mailbox.quarantined > 0 && (
        <p className="small quiet">
          {mailbox.quarantined < MOST_COUNTED
            ? t('health.quarantined', { count: mailbox.quarantined })
            : t('health.quarantinedMany', { count: mailbox.quarantined })}
        </p>
      )}
    </div>
  );
}
