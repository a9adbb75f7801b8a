import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Claim, claimsQuery, failed } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notify } from '../ui/notice';
import { Avatar, Failed, ProblemBanner } from '../ui/state';
import { useDecision } from './deciding';
import { useKeyboardHeld } from './keyboard-held';

// C-13: addresses that colleagues connected and that aren't proven to be theirs.
export function Claims() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const claims = useQuery(claimsQuery);
  const rows = claims.data?.rows ?? [];
  const [told, setTold] = useState(false); // there were some: that there are none now is an answer
  if (rows.length > 0 && !told) setTold(true);
  const list = useKeyboardHeld(rows.map((one) => one.id));
  // A second refusal of the question is the list's affair, not of one row in it.
  const retry = () => void queries.refetchQueries({ queryKey: claimsQuery.queryKey });
  const decided = useRef(new Set<string>());
  useGone(rows, claims.data !== undefined && !claims.data.next, decided.current);
  if (failed(claims)) return <Failed error={claims.error} onRetry={retry} />;
  if (!told) return null;
  return (
    <section className="claims" aria-labelledby="claims-title" ref={list}>
      <h2 id="claims-title" tabIndex={-1}>
        {t('claims.title')}
      </h2>
      <p className="quiet">{rows.length > 0 ? t('claims.text') : t('claims.none')}</p>
      <ul className="card-list">
        {rows.map((claim) => (
          <li key={claim.id} data-row={claim.id}>
            <One claim={claim} onWord={() => decided.current.add(claim.id)} />
          </li>
        ))}
      </ul>
      {claims.data?.next && <p className="small quiet">{t('claims.more')}</p>}
    </section>
  );
}

// What goes from the list without a word of one's own is told. `whole`: the list is all there is.
function useGone(rows: readonly Claim[], whole: boolean, decided: Set<string>) {
  const { t } = useTranslation();
  const before = useRef<readonly Claim[]>([]);
  useEffect(() => {
    for (const claim of before.current) {
      if (!whole || rows.some((one) => one.id === claim.id)) continue;
      if (!decided.delete(claim.id)) {
        notify(t('claims.gone', { name: claim.user_name, address: claim.address }), {
          about: `claim ${claim.id}`,
        });
      }
    }
    before.current = rows;
  }, [rows, whole, decided, t]);
}

function One({ claim, onWord }: { claim: Claim; onWord: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const decide = useDecision(claim, onWord);
  const about = <span className="sr"> {claim.address}</span>;
  const word = (one: 'confirm' | 'refuse') => ({
    small: true,
    busy: decide.isPending && decide.variables === one,
    'aria-disabled': decide.isPending || undefined,
    onClick: () => {
      if (!decide.isPending) decide.mutate(one);
    },
  });
  return (
    <>
      <div className="row wrap">
        <Avatar name={claim.user_name} />
        <div className="grow">
          <p>{t('claims.says', { name: claim.user_name, address: claim.address })}</p>
          <p className="small quiet">
            {t('claims.where', {
              servers: [...new Set([claim.imap_host, claim.smtp_host])].join(', '),
              date: format.full(claim.since),
            })}
          </p>
        </div>
        <div className="row">
          <Button icon={<Check size={16} aria-hidden />} {...word('confirm')}>
            {t('claims.confirm')}
            {about}
          </Button>
          <Button icon={<X size={16} aria-hidden />} {...word('refuse')}>
            {t('claims.refuse')}
            {about}
          </Button>
        </div>
      </div>
      {decide.isError && <ProblemBanner error={decide.error} />}
    </>
  );
}
