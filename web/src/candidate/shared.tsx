import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Button } from '../ui/button';
import { Banner } from '../ui/state';
import { AddressText } from './card';
import { askedFor, sameName } from './same-name';

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

const NAMED = 3;

// Who has the name already, among those I may see. It asks nothing: two people may share a name.
// The line keeps its room, so that nothing moves while typing.
export function SameName({ name, onOpen }: { name: string; onOpen: () => void }) {
  const { t } = useTranslation();
  const asked = useDebounced(askedFor(name), 150);
  const found = useQuery({
    queryKey: [...keys.candidates, 'same-name', asked],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates', { signal, params: { query: { q: asked, limit: 100 } } })),
    enabled: asked !== '',
  });
  const same = (found.data?.rows ?? []).filter((one) => sameName(one.name, name)).slice(0, NAMED);
  return (
    <p className="small same-name" role="status">
      {same.length > 0 && t('shared.sameName')}
      {same.map((one) => (
        <span key={one.id}>
          {' '}
          <Link
            to="/candidates/$candidateId"
            params={{ candidateId: one.id }}
            onClick={() => onOpen()}
          >
            {t('shared.open', { name: one.name })}
          </Link>
        </span>
      ))}
    </p>
  );
}
