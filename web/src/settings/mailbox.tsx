import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { failed, keys, type Mailbox, mailboxQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notify, notifyProblem } from '../ui/notice';
import { Failed, Skeleton } from '../ui/state';
import { Disconnect, useConnected } from './disconnect';
import { SettingsPage } from './layout';
import { Folders, Ledger, Quarantine } from './mailbox-lists';
import { healthOf, MailboxState } from './mailbox-state';
import { NeverSynced } from './never-synced';
import { OldMail } from './old-mail';
import { Past } from './past';
import { ServerSettings } from './server-settings';

export function MailboxSettings() {
  const { t } = useTranslation();
  const { mailboxId } = useParams({ from: '/app/settings/account/profile/email/$mailboxId' });
  const mailbox = useQuery({
    ...mailboxQuery(mailboxId),
    enabled: useConnected(mailboxId),
    // Progress of a running import; everything else comes by the live events.
    refetchInterval: ({ state }) =>
      state.data?.importing && healthOf(state.data) === 'importing' ? 5000 : false,
  });
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.profile'), t('settings.email')]}
      title={mailbox.data?.address ?? t('settings.email')}
      text={mailbox.data && isProven(mailbox.data) && <Imported mailbox={mailbox.data} />}
      back="/settings/account/profile/email"
      action={
        <Button asChild>
          <Link to="/inbox">{t('email.openInbox')}</Link>
        </Button>
      }
    >
      {mailbox.isPending ? (
        <Skeleton rows={6} />
      ) : failed(mailbox) ? (
        <Failed error={mailbox.error} onRetry={() => void mailbox.refetch()} />
      ) : (
        <Sections key={mailbox.data.id} mailbox={mailbox.data} />
      )}
    </SettingsPage>
  );
}

// Of any other, nothing is read.
const isProven = ({ address_proof }: Mailbox) =>
  address_proof !== 'none' && address_proof !== 'refused';

// How setting up ends: what has come, beside the way to it.
function Imported({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  const health = healthOf(mailbox);
  const counts = {
    count: mailbox.bodies_fetched,
    seen: format.number(mailbox.headers_seen),
    fetched: format.number(mailbox.bodies_fetched),
  };
  const underway = health === 'importing' || health === 'starting';
  return (
    <span role="status">
      {underway
        ? t('imported.soFar', counts)
        : mailbox.bodies_fetched > 0
          ? t('imported.count', counts)
          : t('imported.none', { ...counts, count: mailbox.headers_seen })}
    </span>
  );
}

function Sections({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const format = useFormat();
  // Nothing of a mailbox whose address isn't its owner's can be used but its removal.
  if (mailbox.address_proof === 'refused') {
    return (
      <div className="sections">
        <section>
          <h2>{t('mailbox.sync')}</h2>
          <MailboxState mailbox={mailbox} />
        </section>
        <section>
          <h2>{t('mailbox.disconnect')}</h2>
          <Disconnect mailbox={mailbox} />
        </section>
      </div>
    );
  }
  const unproven = mailbox.address_proof === 'none';
  return (
    <div className="sections">
      <section>
        <h2>{t('mailbox.sync')}</h2>
        {unproven ? <MailboxState mailbox={mailbox} /> : <Switching mailbox={mailbox} />}
        <p className="small quiet">
          {t('mailbox.consented', { date: format.full(mailbox.consent_at) })}
        </p>
      </section>
      <section>
        <h2>{t('mailbox.servers')}</h2>
        <ServerSettings mailbox={mailbox} />
      </section>
      {!unproven && (
        <section>
          <h2>{t('old.title')}</h2>
          <OldMail mailbox={mailbox} />
        </section>
      )}
      <section>
        <h2>{t('folders.title')}</h2>
        <p className="quiet">{t('folders.text')}</p>
        <Folders mailbox={mailbox.id} />
      </section>
      <Past mailbox={mailbox.id} />
      <NeverSynced mailbox={mailbox.id} />
      {mailbox.quarantined > 0 && (
        <section>
          <h2>{t('quarantine.title')}</h2>
          <p className="quiet">{t('quarantine.text')}</p>
          <Quarantine mailbox={mailbox.id} />
        </section>
      )}
      <section>
        <h2>{t('ledger.title')}</h2>
        <p className="quiet">
          {t('ledger.text', {
            seen: format.number(mailbox.headers_seen),
            fetched: format.number(mailbox.bodies_fetched),
          })}
        </p>
        <Ledger mailbox={mailbox.id} />
      </section>
      <section>
        <h2>{t('mailbox.disconnect')}</h2>
        <Disconnect mailbox={mailbox} />
      </section>
    </div>
  );
}

function Switching({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (state: 'active' | 'off') =>
      unwrap(
        client.PATCH('/mailboxes/{id}', {
          params: { path: { id: mailbox.id } },
          body: { state },
        }),
      ),
    onSuccess: (changed, state) => {
      queries.setQueryData(keys.mailbox(mailbox.id), changed);
      void queries.invalidateQueries({ queryKey: keys.mailboxes });
      notify(state === 'off' ? t('mailbox.nowOff') : t('mailbox.nowOn'), {
        about: `sync of ${mailbox.id}`,
        action: {
          label: t('undo'),
          run: () => change.mutate(state === 'off' ? 'active' : 'off'),
        },
      });
    },
    onError: notifyProblem,
  });
  const off = mailbox.state === 'off';
  return (
    <div className="row switching">
      <div className="grow">
        <MailboxState mailbox={mailbox} />
        <p className="small quiet">{off ? t('mailbox.onSays') : t('mailbox.offSays')}</p>
      </div>
      <Button busy={change.isPending} onClick={() => change.mutate(off ? 'active' : 'off')}>
        {off ? t('mailbox.turnOn') : t('mailbox.turnOff')}
      </Button>
    </div>
  );
}
