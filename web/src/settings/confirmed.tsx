import { useInfiniteQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Claim, confirmedQuery } from '../api/queries';
import { Button } from '../ui/button';
import { Avatar, Failed, ProblemBanner } from '../ui/state';
import { useDecision } from './deciding';
import { useKeyboardHeld } from './keyboard-held';

// C-13: addresses that are a colleague's by an admin's word, which can be taken back.
export function Confirmed() {
  const { t } = useTranslation();
  const claims = useInfiniteQuery(confirmedQuery);
  const rows = claims.data?.pages.flatMap((page) => page.rows) ?? [];
  const [told, setTold] = useState(false);
  if (rows.length > 0 && !told) setTold(true);
  const list = useKeyboardHeld(rows.map((one) => one.id));
  if (claims.isError && !claims.data)
    return <Failed error={claims.error} onRetry={() => void claims.refetch()} />;
  if (!told) return null;
  return (
    <section className="claims" aria-labelledby="confirmed-title" ref={list}>
      <h2 id="confirmed-title" tabIndex={-1}>
        {t('claims.confirmedTitle')}
      </h2>
      <p className="quiet">
        {rows.length > 0 ? t('claims.confirmedText') : t('claims.noneConfirmed')}
      </p>
      <ul className="card-list">
        {rows.map((claim) => (
          <li key={claim.id} data-row={claim.id}>
            <One claim={claim} />
          </li>
        ))}
      </ul>
      {claims.hasNextPage && (
        <Button small busy={claims.isFetchingNextPage} onClick={() => void claims.fetchNextPage()}>
          {t('claims.showMore')}
        </Button>
      )}
    </section>
  );
}

function One({ claim }: { claim: Claim }) {
  const { t } = useTranslation();
  const decide = useDecision(claim);
  return (
    <>
      <div className="row wrap">
        <Avatar name={claim.user_name} />
        <div className="grow">
          <p>{claim.address}</p>
          <p className="small quiet">{claim.user_name}</p>
        </div>
        <Button
          small
          icon={<Undo2 size={16} aria-hidden />}
          busy={decide.isPending}
          onClick={() => decide.mutate('take_back')}
        >
          {t('claims.takeBack')}
          <span className="sr"> {claim.address}</span>
        </Button>
      </div>
      {decide.isError && <ProblemBanner error={decide.error} />}
    </>
  );
}
