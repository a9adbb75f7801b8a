// S-6: while all jobs of a candidate are archived, their mail isn't synced. The profile says so, and
// how much went by; what went by can be looked for once they take part again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CirclePause } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { type Candidate, keys } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notifier, notifyProblem } from '../ui/notice';

const noon = (day: string) => `${day}T12:00:00Z`; // the day as it was counted, whatever the zone

export function useRestWords() {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ resting, skipped }: Pick<Candidate, 'resting' | 'skipped'>): string => {
    const rests = resting
      ? t('rest.sinceJob', { date: format.day(resting.since), title: resting.job.title })
      : '';
    if (!skipped) return rests;
    const count = skipped.messages;
    const [first, last] = [format.day(noon(skipped.first)), format.day(noon(skipped.last))];
    const missed =
      first === last
        ? t('rest.missedOn', { count, shown: format.number(count), first })
        : t('rest.missed', { count, shown: format.number(count), first, last });
    return [rests, missed].filter(Boolean).join(' ');
  };
}

export function Rest({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const words = useRestWords()(candidate);
  const catchUp = useMutation({
    mutationFn: () =>
      unwrap(client.POST('/candidates/{id}/catch-up', { params: { path: { id: candidate.id } } })),
    onMutate: notifier,
    onSuccess: (_, __, notify) => {
      void queries.invalidateQueries({ queryKey: keys.candidate(candidate.id) });
      notify(t('rest.lookingFor'));
    },
    onError: notifyProblem,
  });
  if (!words) return null;
  return (
    <div className="rest small bar" role="status">
      <CirclePause size={16} aria-hidden />
      <span className="grow">{words}</span>
      {mayEdit && !candidate.resting && (
        <Button small busy={catchUp.isPending} onClick={() => catchUp.mutate()}>
          {t('rest.lookFor')}
        </Button>
      )}
    </div>
  );
}
