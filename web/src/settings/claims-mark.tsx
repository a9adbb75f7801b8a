import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { claimsQuery } from '../api/queries';
import { useMe } from '../frame/hooks';

// How many are known to wait, and whether there are more than that.
export type Waiting = { shown: number; more: boolean };

// How many addresses wait for this admin's word (C-13); of others none do.
export function useWaitingClaims(): Waiting {
  const admin = useMe()?.user.role === 'admin';
  const claims = useQuery({ ...claimsQuery, enabled: admin });
  const page = admin ? claims.data : undefined;
  return { shown: page?.rows.length ?? 0, more: Boolean(page?.next) };
}

export function ClaimsMark({ count }: { count: Waiting }) {
  const { t } = useTranslation();
  return (
    <span className="rail-mark">
      <span aria-hidden>{count.more ? `${count.shown}+` : count.shown}</span>
      <span className="sr">
        {t(count.more ? 'claims.waitingMore' : 'claims.waiting', { count: count.shown })}
      </span>
    </span>
  );
}
