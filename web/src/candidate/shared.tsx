import { type QueryClient, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { holdersQuery, keys } from '../api/queries';
import { isAddress, parseRecipients } from '../composer/addresses';
import { useDebounced } from '../frame/hooks';
import { useOpening } from '../ui/adding';
import { AddressText } from '../ui/address';
import { Button } from '../ui/button';
import { Banner } from '../ui/state';
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
  onMerge,
}: {
  sharing: Sharing;
  busy: boolean;
  onOpen?: () => void;
  onAnyway: () => void;
  onMerge?: (one: Sharing[number]) => void; // they may be the same person
}) {
  const { t } = useTranslation();
  const opening = useOpening(onOpen);
  return (
    <Banner
      tone="attention"
      role="alert"
      title={t('shared.title')}
      actions={
        <>
          <Button small busy={busy} onClick={onAnyway}>
            {t('shared.anyway')}
          </Button>
          {onMerge &&
            sharing.map((one) => (
              <Button small key={one.id} onClick={() => onMerge(one)}>
                {t('merging.withOne', { name: one.name })}
              </Button>
            ))}
        </>
      }
    >
      <ul className="card-list">
        {sharing.map((one) => (
          <li key={`${one.id} ${one.address}`}>
            <Link to="/candidates/$candidateId" params={{ candidateId: one.id }} {...opening}>
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

// Who is here already, while something is typed. It asks nothing, and its line keeps its room, so that
// nothing moves meanwhile.
function Already({
  words,
  people,
  onOpen,
}: {
  words: string;
  people: { id: string; name: string }[];
  onOpen?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const opening = useOpening(onOpen);
  return (
    <p className="small same-name" role="status">
      {people.length > 0 && words}
      {people.slice(0, NAMED).map((one) => (
        <span key={one.id}>
          {' '}
          <Link to="/candidates/$candidateId" params={{ candidateId: one.id }} {...opening}>
            {t('shared.open', { name: one.name })}
          </Link>
        </span>
      ))}
    </p>
  );
}

// Who has the name already, among those I may see: two people may share one.
export function SameName({ name, onOpen }: { name: string; onOpen: () => void }) {
  const { t } = useTranslation();
  const asked = useDebounced(askedFor(name), 150);
  const found = useQuery({
    queryKey: [...keys.candidates, 'same-name', asked],
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates', { signal, params: { query: { q: asked, limit: 100 } } })),
    enabled: asked !== '',
  });
  const same = (found.data?.rows ?? []).filter((one) => sameName(one.name, name));
  return <Already words={t('shared.sameName')} people={same} onOpen={onOpen} />;
}

const ASKED = 10; // addresses; all of them are asked about when they are added

const addressesIn = (text: string) => [
  ...new Set(
    parseRecipients(text)
      .map((one) => one.address)
      .filter(isAddress),
  ),
];

export type Exchange = { address: string; thread: string };

// The conversation with somebody who has one of these addresses and is no candidate.
export async function exchangeWith(
  queries: QueryClient,
  text: string,
): Promise<Exchange | undefined> {
  const asked = addressesIn(text).slice(0, ASKED);
  const found = await Promise.all(
    asked.map((one) => queries.fetchQuery(holdersQuery(one)).catch(() => undefined)),
  );
  const at = found.findIndex((one) => one?.exchange);
  return at < 0 ? undefined : { address: asked[at]!, thread: found[at]!.exchange! };
}

// The same, while they are typed.
export function useExchange(text: string): Exchange | undefined {
  const asked = addressesIn(useDebounced(text, 300)).slice(0, ASKED);
  const typed = addressesIn(text);
  const found = useQueries({ queries: asked.map(holdersQuery) });
  const at = asked.findIndex((one, index) => typed.includes(one) && found[index]?.data?.exchange);
  return at < 0 ? undefined : { address: asked[at]!, thread: found[at]!.data!.exchange! };
}

// Who has one of the addresses already, among those I may see. `but`: whose they are to be.
export function SameAddress({
  text,
  but,
  onOpen,
}: {
  text: string;
  but?: string;
  onOpen?: () => void;
}) {
  const { t } = useTranslation();
  const asked = addressesIn(useDebounced(text, 300)).slice(0, ASKED);
  const typed = addressesIn(text);
  const found = useQueries({ queries: asked.map(holdersQuery) });
  const people = new Map<string, { id: string; name: string }>();
  asked.forEach((address, index) => {
    if (!typed.includes(address)) return;
    for (const one of found[index]?.data?.rows ?? []) if (one.id !== but) people.set(one.id, one);
  });
  return (
    <Already
      words={t('shared.sameAddress', { count: typed.length })}
      people={[...people.values()]}
      onOpen={onOpen}
    />
  );
}
