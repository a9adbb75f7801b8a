// The exchange with somebody who is no candidate is added to one who is there (M-3); with undo.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isLost } from '../api/client';
import { addExchange, takeExchangeBack } from '../api/merging';
import { walk } from '../thread/correcting';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { notifier, problemNotifier } from '../ui/notice';
import { ProblemBanner } from '../ui/state';
import { Choices, type Other } from './choosing';
import { SharedAddress, sharingOf } from './shared';

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
  const key = useRef(crypto.randomUUID());
  // Whoever has closed it, or gone elsewhere meanwhile, stays there.
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const takeBack = async () => {
    const [notify, tell] = [notifier(), problemNotifier()];
    try {
      await takeExchangeBack(queries, thread);
    } catch (error) {
      return tell(error);
    }
    notify(t('nonCandidate.back'), { about: `exchange ${thread}` });
    void navigate({ to: '/non-candidates/$threadId', params: { threadId: thread } });
  };
  const add = useMutation({
    mutationFn: ({ one, confirmed }: { one: Other; confirmed: boolean }) =>
      addExchange(queries, thread, { candidate: one.id, confirmed }, key.current),
    onMutate: notifier,
    onSuccess: (_, { one }, notify) => {
      notify(t('nonCandidate.added', { name: one.name }), {
        about: `exchange ${thread}`,
        action: { label: t('undo'), run: () => void takeBack() },
      });
      if (!here.current) return;
      onClose();
      void navigate({ to: '/candidates/$candidateId', params: { candidateId: one.id } });
    },
    // Where no answer came it may have been done: then the same is asked once more.
    onError: (error) => {
      if (!isLost(error)) key.current = crypto.randomUUID();
    },
  });
  const choose = (one: Other) => {
    if (add.isPending) return;
    if (chosen && chosen.id !== one.id) key.current = crypto.randomUUID();
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
      onKeyDown={walk}
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
