// What nobody got of what I wrote (REL3).
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type OutboxMessage, outboxQuery } from '../api/queries';
import { part } from '../ui/part';

// Nobody waits for it: it is asked for until it is there.
const TellStuck = part(() => import('./tell-stuck'), 'TellStuck', { silent: true });

const stuckIn = (rows: readonly OutboxMessage[]) =>
  rows.filter(({ state }) => state === 'failed' || state === 'uncertain');
const NONE: readonly OutboxMessage[] = [];
/** `asks`: false where the frame, which is around it, asks already. */
export function useStuck(asks = true): readonly OutboxMessage[] {
  const rows = useQuery({ ...outboxQuery, enabled: asks }).data?.rows;
  return useMemo(() => (rows ? stuckIn(rows) : NONE), [rows]);
}

// What may have gone out isn't called unsent.
export function StuckMark({ rows }: { rows: readonly OutboxMessage[] }) {
  const { t } = useTranslation();
  const failed = rows.filter(({ state }) => state === 'failed').length;
  const unclear = rows.length - failed;
  const words = [
    failed > 0 && `${t('waits.failed')}: ${failed}`,
    unclear > 0 && `${t('outbox.state.uncertain')}: ${unclear}`,
  ].filter(Boolean);
  return (
    <span className={`rail-mark ${failed > 0 ? 'problem' : 'attention'}`}>
      <span aria-hidden>{rows.length}</span>
      <span className="sr">{words.join(', ')}</span>
    </span>
  );
}

/** Of what has come to be stuck since the page came. */
export function StuckSince() {
  const rows = useStuck();
  const before = useRef<typeof rows>(undefined);
  if (rows !== NONE) before.current ??= rows;
  const needed = useRef(false);
  needed.current ||= rows.length > 0;
  return needed.current && <TellStuck rows={rows} before={before.current ?? rows} />;
}
