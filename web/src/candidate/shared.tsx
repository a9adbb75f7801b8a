import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ProblemError, type Schemas } from '../api/client';
import { Button } from '../ui/button';
import { Banner } from '../ui/state';
import { AddressText } from './card';

export type Sharing = NonNullable<Schemas['SharedProblem']['candidates']>;

// Who has the address already, where that is what the server asks about.
export function sharingOf(error: unknown): Sharing | undefined {
  if (!(error instanceof ProblemError) || error.code !== 'candidate.address-shared') return;
  return (error.problem as Schemas['SharedProblem']).candidates ?? [];
}

// Another candidate has the address: open them, or add it all the same.
export function SharedAddress({
  sharing,
  busy,
  onOpen,
  onAnyway,
}: {
  sharing: Sharing;
  busy: boolean;
  onOpen?: () => void;
  onAnyway: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Banner
      tone="attention"
      role="alert"
      title={t('shared.title')}
      actions={
        <Button small busy={busy} onClick={onAnyway}>
          {t('shared.anyway')}
        </Button>
      }
    >
      <ul className="card-list">
        {sharing.map((one) => (
          <li key={`${one.id} ${one.address}`}>
            <Link
              to="/candidates/$candidateId"
              params={{ candidateId: one.id }}
              onClick={() => onOpen?.()}
            >
              {t('shared.open', { name: one.name })}
            </Link>{' '}
            <span className="small quiet">
              <AddressText address={one.address} />
            </span>
          </li>
        ))}
      </ul>
      {t('shared.text')}
    </Banner>
  );
}
