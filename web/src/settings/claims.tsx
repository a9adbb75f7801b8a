import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { type Claim, claimsQuery, keys } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { notify } from '../ui/notice';
import { Avatar, ProblemBanner } from '../ui/state';

// C-13: addresses that colleagues connected and that aren't proven to be theirs.
export function Claims() {
  const { t } = useTranslation();
  const format = useFormat();
  const claims = useQuery(claimsQuery);
  if (!claims.data?.rows.length) return null;
  return (
    <section className="claims" aria-labelledby="claims-title">
      <h2 id="claims-title">{t('claims.title')}</h2>
      <p className="quiet">{t('claims.text')}</p>
      <ul className="card-list">
        {claims.data.rows.map((claim) => (
          <li key={claim.id}>
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
              <Decide claim={claim} />
            </div>
          </li>
        ))}
      </ul>
      {claims.data.next && <p className="small quiet">{t('claims.more')}</p>}
    </section>
  );
}

function Decide({ claim }: { claim: Claim }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const decide = useMutation({
    mutationFn: (word: 'confirm' | 'refuse') =>
      unwrap(
        client.POST('/claims/{id}/decision', {
          params: { path: { id: claim.id } },
          body: { word },
        }),
      ),
    onSuccess: (_done, word) =>
      notify(
        t(word === 'confirm' ? 'claims.confirmed' : 'claims.refused', {
          name: claim.user_name,
          address: claim.address,
        }),
      ),
    onSettled: () => void queries.invalidateQueries({ queryKey: keys.claims }),
  });
  const about = <span className="sr"> {claim.address}</span>;
  return (
    <>
      <div className="row">
        <Button
          small
          icon={<Check size={16} aria-hidden />}
          busy={decide.isPending && decide.variables === 'confirm'}
          onClick={() => decide.mutate('confirm')}
        >
          {t('claims.confirm')}
          {about}
        </Button>
        <Button
          small
          icon={<X size={16} aria-hidden />}
          busy={decide.isPending && decide.variables === 'refuse'}
          onClick={() => decide.mutate('refuse')}
        >
          {t('claims.refuse')}
          {about}
        </Button>
      </div>
      {decide.isError && <ProblemBanner error={decide.error} />}
    </>
  );
}
