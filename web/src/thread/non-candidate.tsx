// What can be made of an exchange with somebody who is no candidate (M-3): a candidate, or part of one's.
import { Link2, UserRoundPlus } from 'lucide-react';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Thread } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { Button } from '../ui/button';
import { MenuItem, MenuLine } from '../ui/menu';
import { part } from '../ui/part';
import { Banner } from '../ui/state';

const AddCandidate = part(() => import('../candidate/add'), 'AddCandidate');
const AddToCandidate = part(() => import('../candidate/adding-to'), 'AddToCandidate');

/** Somebody becomes a candidate, or their exchange a candidate's. */
export type Taking = 'make' | 'add';
/** How that is asked for, in a conversation where it can be. */
export const TakingOver = createContext<((what: Taking) => void) | undefined>(undefined);

/** In a message's menu, for those who may. */
export function TakingItems() {
  const { t } = useTranslation();
  const take = useContext(TakingOver);
  const mayEdit = useMayEdit();
  if (!take || !mayEdit) return null;
  return (
    <>
      <MenuLine />
      <MenuItem icon={<UserRoundPlus size={16} aria-hidden />} onSelect={() => take('make')}>
        {t('nonCandidate.make')}
      </MenuItem>
      <MenuItem icon={<Link2 size={16} aria-hidden />} onSelect={() => take('add')}>
        {t('nonCandidate.addTo')}
      </MenuItem>
    </>
  );
}

export function NonCandidate({
  thread,
  taking,
  onTake,
}: {
  thread: Thread;
  taking: Taking | undefined;
  onTake: (what: Taking | undefined) => void;
}) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  // What is being typed stays, also when somebody else was faster: then saving says so.
  if (!thread.non_candidate && !taking) return null;
  const address = thread.candidate_name;
  // As they call themselves, if they have written.
  const name =
    thread.messages
      .flatMap((message) => message.from)
      .findLast((one) => one.address.toLowerCase() === address.toLowerCase())?.name ?? '';
  const exchange = { thread: thread.id, name, address };
  return (
    <>
      {thread.non_candidate && (
        <Banner
          title={t('nonCandidate.title')}
          actions={
            mayEdit && (
              <>
                <Button
                  small
                  icon={<UserRoundPlus size={16} aria-hidden />}
                  onClick={() => onTake('make')}
                >
                  {t('nonCandidate.make')}
                </Button>
                <Button small icon={<Link2 size={16} aria-hidden />} onClick={() => onTake('add')}>
                  {t('nonCandidate.addTo')}
                </Button>
              </>
            )
          }
        >
          {t('nonCandidate.text')}
        </Banner>
      )}
      {taking === 'make' && <AddCandidate taking={exchange} onClose={() => onTake(undefined)} />}
      {taking === 'add' && <AddToCandidate exchange={exchange} onClose={() => onTake(undefined)} />}
    </>
  );
}
