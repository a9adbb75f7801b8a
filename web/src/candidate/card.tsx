import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Candidate, candidateQuery, failed } from '../api/queries';
import { AddressText } from '../ui/address';
import { usePerson } from '../ui/person';
import { Avatar, Failed, Skeleton, Tag } from '../ui/state';
import { Applications } from './applications';
import { CandidateFiles, useCandidateFiles } from './files';
import { FollowCandidate } from './follow';
import { OldMail } from './old-mail';
import './candidate.css';

export function CandidateCard({ id, bare }: { id: string; bare?: boolean }) {
  const { t } = useTranslation();
  const candidate = useQuery(candidateQuery(id));
  const { files, coming } = useCandidateFiles(id);
  const inside =
    candidate.isPending || coming ? (
      <Skeleton rows={4} />
    ) : failed(candidate) ? (
      <Failed error={candidate.error} onRetry={() => void candidate.refetch()} />
    ) : (
      <CardBody candidate={candidate.data} files={files} />
    );
  return bare ? (
    inside
  ) : (
    <aside className="card" aria-label={t('card.title')}>
      {inside}
    </aside>
  );
}

function CardBody({
  candidate,
  files,
}: {
  candidate: Candidate;
  files: ReturnType<typeof useCandidateFiles>['files'];
}) {
  const { t } = useTranslation();
  const person = usePerson();
  const addresses = candidate.addresses.map((one) => one.address);
  const { first, short, named } = person(candidate.name, addresses);
  return (
    <>
      <div className="card-who">
        <Avatar name={first} />
        <div className="grow">
          <h2 className={named ? 'truncate' : 'whole'} dir="auto" title={short}>
            {short}
          </h2>
          <Link
            className="small"
            to="/candidates/$candidateId"
            params={{ candidateId: candidate.id }}
          >
            {t('card.profile')}
          </Link>
        </div>
      </div>
      <FollowCandidate candidate={candidate} />
      <CandidateFiles key={candidate.id} candidate={candidate.id} files={files} heading="h3" />
      <section>
        <h3 className="label">{t('card.jobs')}</h3>
        <Applications candidate={candidate} />
      </section>
      <section>
        <h3 className="label">{t('card.addresses')}</h3>
        <ul className="card-list">
          {candidate.addresses.map((address) => (
            <li key={address.address} className="row wrap">
              <AddressText address={address.address} />
              {!address.synced && <Tag tone="attention">{t('address.notSynced')}</Tag>}
              {address.synced && candidate.resting && (
                <Tag tone="attention">{t('rest.paused')}</Tag>
              )}
            </li>
          ))}
        </ul>
        <OldMail candidate={candidate} />
      </section>
      <section>
        <h3 className="label">{t('seen.title')}</h3>
        <SeenBy people={candidate.seen_by} />
      </section>
    </>
  );
}

export function SeenBy({ people }: { people: Candidate['seen_by'] }) {
  const { t } = useTranslation();
  return (
    <>
      <ul className="seen">
        {people.map((person) => (
          <li key={person.id}>
            <Avatar name={person.name} small />
            <span className="truncate">{person.name}</span>
          </li>
        ))}
      </ul>
      <p className="small quiet">{t('seen.why')}</p>
    </>
  );
}
