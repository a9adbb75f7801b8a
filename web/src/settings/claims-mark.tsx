import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { claimsQuery } from '../api/queries';
import { useMe } from '../frame/hooks';

// How many addresses wait for this admin's word (C-13); of others none do.
export function useWaitingClaims(): number {
  const admin = useMe()?.user.role === 'admin';
  const claims = useQuery({ ...claimsQuery, enabled: admin });
  return (admin && claims.data?.rows.length) || 0;
}

export function ClaimsMark({ count }: { count: number }) {
  const { t } = useTranslation();
  return (
    <span className="rail-mark">
      <span aria-hidden>{count}</span>
      <span className="sr">{t('claims.waiting', { count })}</span>
    </span>
  );
}
