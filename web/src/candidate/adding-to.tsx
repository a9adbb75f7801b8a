// The exchange with somebody who is no candidate is added to one who is there (M-3); with undo.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addExchange } from '../api/merging';
import { useHere } from '../frame/hooks';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { notifier } from '../ui/notice';
import { ProblemBanner } from '../ui/state';
import { Choices, type Other } from './choosing';
import { useKeys } from './keys';
import { SharedAddress, sharingOf } from './shared';
import { useTakeBack } from './taking-back';

const lastWord = (name: string) => name.trim().split(/\s+/).at(-1) ?? '';

export function AddToCandidate({
  exchange: { thread, name, address },
  onClose,
}: {
  exchange: { thread: string; name: string; address: string };
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Other>();
  const keyOf = useKeys();
  // Whoever has closed it, or gone elsewhere meanwhile, stays there.
  const here = useHere();
  const takeBack = useTakeBack();
  const add = useMutation({
    mutationFn: ({ one, confirmed }: { one: Other; confirmed: boolean }) => {
      const body = { candidate: one.id, confirmed };
      return addExchange(queries, thread, body, keyOf(body));
    },
    onMutate: notifier,
    onSuccess: (_, { one }, notify) => {
      notify(t('nonCandidate.added', { name: one.name }), {
        about: `exchange ${thread}`,
        action: { label: t('undo'), run: () => void takeBack(thread) },
      });
      if (!here.current) return;
      onClose();
      void navigate({ to: '/candidates/$candidateId', params: { candidateId: one.id } });
    },
  });
  const choose = (one: Other) => {
    if (add.isPending) return;
    setChosen(one);
    add.mutate({ one, confirmed: false });
  };
  const sharing = sharingOf(add.error);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('nonCandidate.addTitle')}
      description={t('nonCandidate.addText', { address })}
    >
      <Choices
        label={t('nonCandidate.find')}
        first={lastWord(name)}
        busy={add.isPending}
        onChoose={choose}
      />
      {sharing && chosen ? (
        <SharedAddress
          sharing={sharing}
          busy={add.isPending}
          onOpen={onClose}
          onAnyway={() => add.mutate({ one: chosen, confirmed: true })}
        />
      ) : (
        add.isError && <ProblemBanner error={add.error} />
      )}
      <div className="dialog-foot">
        <Button onClick={onClose}>{t('cancel')}</Button>
      </div>
    </Dialog>
  );
}
