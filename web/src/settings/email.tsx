import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AtSign, Plus, Settings2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { failed, invitationsQuery, mailboxesQuery } from '../api/queries';
import { Button } from '../ui/button';
import { Banner, Empty, Failed, Skeleton } from '../ui/state';
import { SettingsPage } from './layout';
import { MailboxState } from './mailbox-state';
import { PastAsked } from './past';

export function EmailSettings() {
  const { t } = useTranslation();
  const mailboxes = useQuery(mailboxesQuery);
  const invitations = useQuery(invitationsQuery);
  const invited = mailboxes.data?.length === 0 ? invitations.data?.at(0) : undefined;
  const add = (
    <Button look="primary" asChild>
      <Link to="/settings/account/profile/email/add">
        <Plus size={16} aria-hidden />
        {t('email.add')}
      </Link>
    </Button>
  );
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.profile'), t('settings.email')]}
      title={t('settings.email')}
      text={t('email.text')}
      action={mailboxes.data?.length ? add : undefined}
    >
      {invited && (
        <Banner tone="accent" title={t('invitation.title', { name: invited.from_name })}>
          {t('invitation.text')}
        </Banner>
      )}
      {mailboxes.isPending ? (
        <Skeleton rows={3} />
      ) : failed(mailboxes) ? (
        <Failed error={mailboxes.error} onRetry={() => void mailboxes.refetch()} />
      ) : mailboxes.data.length === 0 ? (
        <Empty
          icon={<AtSign size={24} aria-hidden />}
          title={t('email.none')}
          text={t('email.noneText')}
        >
          {add}
        </Empty>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('email.address')}</th>
              <th scope="col">{t('email.synced')}</th>
              <th scope="col">
                <span className="sr">{t('email.settings')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {mailboxes.data.map((mailbox) => (
              <tr key={mailbox.id}>
                <th scope="row">
                  <Link
                    className="plain"
                    to="/settings/account/profile/email/$mailboxId"
                    params={{ mailboxId: mailbox.id }}
                  >
                    {mailbox.address}
                  </Link>
                  <p className="small quiet">{mailbox.imap.host}</p>
                </th>
                <td>
                  <MailboxState mailbox={mailbox} />
                  <PastAsked count={mailbox.past_asked} />
                </td>
                <td className="table-action">
                  <Button small asChild>
                    <Link
                      to="/settings/account/profile/email/$mailboxId"
                      params={{ mailboxId: mailbox.id }}
                      aria-label={t('email.edit', { address: mailbox.address })}
                    >
                      <Settings2 size={16} aria-hidden />
                      {t('edit')}
                    </Link>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </SettingsPage>
  );
}
