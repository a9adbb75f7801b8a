import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { keys, type Mailbox } from '../api/queries';
import { Button } from '../ui/button';
import { Ask } from '../ui/dialog';
import { notify, notifyProblem } from '../ui/notice';

const disconnecting = (mailbox: string) => ['disconnect', mailbox] as const;

// To be asked at each fetch: false from the moment the mailbox is being disconnected, since the
// server's own events would otherwise make the page ask for what is gone, before it is left.
export function useConnected(mailbox: string): () => boolean {
  const mutations = useQueryClient().getMutationCache();
  return () =>
    !mutations
      .findAll({ mutationKey: disconnecting(mailbox), exact: true })
      .some(({ state }) => state.status === 'pending' || state.status === 'success');
}

export function Disconnect({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationKey: disconnecting(mailbox.id),
    mutationFn: () =>
      unwrap(client.DELETE('/mailboxes/{id}', { params: { path: { id: mailbox.id } } })),
    onMutate: () => queries.cancelQueries({ queryKey: keys.mailbox(mailbox.id) }),
    onSuccess: async () => {
      setAsking(false);
      await navigate({ to: '/settings/account/profile/email' });
      queries.removeQueries({ queryKey: keys.mailbox(mailbox.id) });
      void queries.invalidateQueries({ queryKey: keys.mailboxes });
      notify(t('mailbox.disconnected', { address: mailbox.address }), {
        about: `sync of ${mailbox.id}`,
      });
    },
    onError: notifyProblem,
  });
  const catchUp = () => void queries.invalidateQueries({ queryKey: keys.mailbox(mailbox.id) });
  return (
    <div className="row wrap">
      <p className="quiet grow">{t('mailbox.disconnectText')}</p>
      <Button onClick={() => setAsking(true)}>{t('mailbox.disconnectGo')}</Button>
      <Ask
        open={asking}
        onClose={() => setAsking(false)}
        title={t('mailbox.disconnectTitle', { address: mailbox.address })}
        text={t('mailbox.disconnectText')}
        confirm={t('mailbox.disconnectGo')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onError: catchUp })}
      />
    </div>
  );
}
