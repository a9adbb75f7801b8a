// What stands with a profile that others, or the exchange with somebody who was no candidate (M-3), have become
// part of (O-5), and the way to make it so, which comes when
// somebody takes it.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Merge, part as partAgain } from '../api/merging';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notifier, problemNotifier } from '../ui/notice';
import { part } from '../ui/part';

export const MergeDialog = part(() => import('./merging'), 'MergeDialog');

/** Who has become part of this one is parted from it again. */
export function usePart() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return async (merged: string, exchange = false) => {
    const [notify, tell] = [notifier(), problemNotifier()];
    try {
      await partAgain(queries, merged);
      notify(t(exchange ? 'nonCandidate.back' : 'merging.back'), { about: `merge ${merged}` });
    } catch (error) {
      tell(error);
    }
  };
}

/** Who has become part of this one, in the card; the newest is parted again by whoever may. */
export function Merged({ merges }: { merges: Merge[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useMayEdit();
  const takeBack = usePart();
  const [busy, setBusy] = useState(false);
  if (merges.length === 0) return null;
  const now = Date.now();
  return (
    <ul className="card-list merged-list">
      {merges.map((one) => (
        <li key={one.id} className="small quiet">
          {t(one.exchange ? 'nonCandidate.with' : 'merging.with', {
            name: one.name,
            by: one.by,
            date: format.day(one.at),
          })}{' '}
          {mayEdit && one.undo_until && Date.parse(one.undo_until) > now && (
            <Button
              small
              busy={busy}
              onClick={() => {
                setBusy(true);
                void takeBack(one.id, one.exchange).finally(() => setBusy(false));
              }}
            >
              {t(one.exchange ? 'nonCandidate.takeBack' : 'merging.undo')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
