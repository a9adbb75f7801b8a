import { MailPlus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Candidate } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { Button } from '../ui/button';
import { Empty } from '../ui/state';

export function NoConversation({
  candidate,
  onWrite,
}: {
  candidate: Candidate;
  onWrite: () => void;
}) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const reached = candidate.addresses.some((one) => one.synced);
  return (
    <Empty
      icon={<MailPlus size={24} aria-hidden />}
      title={t('candidate.noThreads')}
      text={t(reached || !mayEdit ? 'candidate.noThreadsText' : 'candidate.noAddressText')}
    >
      <Button look="primary" onClick={onWrite}>
        {t('candidate.write')}
      </Button>
    </Empty>
  );
}
