// What can be made of somebody who is written with and is no candidate (M-3).
import { UserRoundPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Thread } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { Button } from '../ui/button';
import { part } from '../ui/part';
import { Banner } from '../ui/state';

const AddCandidate = part(() => import('../candidate/add'), 'AddCandidate');

export function NonCandidate({ thread }: { thread: Thread }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const [making, setMaking] = useState(false);
  // What is being typed stays, also when somebody else was faster: then saving says so.
  if (!thread.non_candidate && !making) return null;
  const address = thread.candidate_name;
  // As they call themselves, if they have written.
  const name =
    thread.messages
      .flatMap((message) => message.from)
      .findLast((one) => one.address.toLowerCase() === address.toLowerCase())?.name ?? '';
  return (
    <>
      {thread.non_candidate && (
        <Banner
          title={t('nonCandidate.title')}
          actions={
            mayEdit && (
              <Button
                small
                icon={<UserRoundPlus size={16} aria-hidden />}
                onClick={() => setMaking(true)}
              >
                {t('nonCandidate.make')}
              </Button>
            )
          }
        >
          {t('nonCandidate.text')}
        </Banner>
      )}
      {making && (
        <AddCandidate
          taking={{ thread: thread.id, name, address }}
          onClose={() => setMaking(false)}
        />
      )}
    </>
  );
}
