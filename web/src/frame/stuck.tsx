// What nobody got of what I wrote (REL3).
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type OutboxMessage, outboxQuery } from '../api/queries';
import { part } from '../ui/part';

const TellStuck = part(() => import('./tell-stuck'), 'TellStuck', { onFail: () => {} });

const stuckIn = (rows: readonly OutboxMessage[]) =>
  rows.filter(({ state }) => state === 'failed' || state === 'uncertain');
const NONE: readonly OutboxMessage[] = [];
export function useStuck(): readonly OutboxMessage[] {
  const rows = useQuery(outboxQuery).data?.rows;
  return useMemo(() => (rows ? stuckIn(rows) : NONE), [rows]);
}

export function StuckMark({ count }: { count: number }) {
  const { t } = useTranslation();
  return (
    <span className="rail-mark problem">
      <span aria-hidden>{count}</span>
      <span className="sr">{`${t('waits.failed')}: ${count}`}</span>
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
