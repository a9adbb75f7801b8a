import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { claimsQuery, mailboxesQuery } from '../api/queries';
import { useMe } from '../frame/hooks';

// How many are known to wait, and whether there are more than that.
export type Waiting = { claims: number; more: boolean; past: number };
export const NONE_WAITS: Waiting = { claims: 0, more: false, past: 0 };

// How many addresses wait for this admin's word (C-13); of others none do.
export function useWaitingClaims(): Waiting {
  const admin = useMe()?.user.role === 'admin';
  const claims = useQuery({ ...claimsQuery, enabled: admin });
  const page = admin ? claims.data : undefined;
  return { ...NONE_WAITS, claims: page?.rows.length ?? 0, more: Boolean(page?.next) };
}

// For how many addresses the owner of a mailbox is asked whether its past opens (C-14).
export function useWaitingPast(): Waiting {
  const mailboxes = useQuery(mailboxesQuery).data ?? [];
  return { ...NONE_WAITS, past: mailboxes.reduce((sum, one) => sum + one.past_asked, 0) };
}

export function WaitingMark({ waiting: { claims, more, past } }: { waiting: Waiting }) {
  const { t } = useTranslation();
  const shown = claims + past;
  if (shown === 0) return null;
  const words = [
    claims > 0 && t(more ? 'claims.waitingMore' : 'claims.waiting', { count: claims }),
    past > 0 && t('rail.asked', { count: past }),
  ];
  return (
    <span className="rail-mark">
      <span aria-hidden>{more ? `${shown}+` : shown}</span>
      <span className="sr">{words.filter(Boolean).join(', ')}</span>
    </span>
  );
}
