import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { type Claim, keys } from '../api/queries';
import { notify, notifyProblem } from '../ui/notice';

type Word = 'confirm' | 'refuse' | 'take_back';

const SAID = {
  confirm: 'claims.confirmed',
  refuse: 'claims.refused',
  take_back: 'claims.takenBack',
} as const;

// An admin's word about whose an address is (C-13). Confirming and taking back undo each other; what
// is refused has lost its password, and only its owner can connect it again. `onWord`: the word was
// given and taken.
export function useDecision(claim: Claim, onWord?: () => void) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const say = (word: Word) =>
    unwrap(
      client.POST('/claims/{id}/decision', { params: { path: { id: claim.id } }, body: { word } }),
    );
  const lookAgain = () => {
    void queries.invalidateQueries({ queryKey: keys.claims });
    void queries.invalidateQueries({ queryKey: keys.users });
  };
  const undo = (word: Word) => {
    say(word).catch(notifyProblem).finally(lookAgain);
  };
  return useMutation({
    mutationFn: say,
    onSuccess: (_done, word) => {
      onWord?.();
      notify(t(SAID[word], { name: claim.user_name, address: claim.address }), {
        about: `claim ${claim.id}`,
        ...(word === 'refuse'
          ? {}
          : {
              action: {
                label: t('undo'),
                run: () => undo(word === 'confirm' ? 'take_back' : 'confirm'),
              },
            }),
      });
    },
    onSettled: lookAgain,
  });
}
