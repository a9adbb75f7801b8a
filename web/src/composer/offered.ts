// Whom a field offers while somebody types in it: people of the conversation, and colleagues.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Candidate, MOST_SEARCHED, type Thread, userPageQuery } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { folded } from '../search/folded';
import { addRecipients, type Recipient, sameAddress } from './addresses';

const MOST = 6; // offered at once
const NOBODY: Recipient[] = [];

/** To: the candidate, and who else takes part. Copies: these without the candidate, who mustn't get one. */
export function knownIn(
  thread: Thread | undefined,
  candidate: Candidate | undefined,
): { to: Recipient[]; copies: Recipient[] } {
  const own = (candidate?.addresses ?? [])
    .filter((one) => one.synced)
    .map(({ address }) => ({ name: candidate!.name, address }));
  const others = (thread?.messages ?? [])
    .toReversed()
    .flatMap((one) => [...one.from, ...one.to, ...one.cc])
    .filter((one) => !candidate?.addresses.some((its) => sameAddress(its.address, one.address)));
  const copies = addRecipients([], others);
  return { to: [...own, ...copies], copies };
}

// Of a name any word may be begun, of an address its beginning and its domain.
function isMeant({ name, address }: Recipient, typed: string): boolean {
  return folded(`${name} ${address}`)
    .split(/(?<=[\s@."'(-])/)
    .some((_, at, parts) => parts.slice(at).join('').startsWith(typed));
}

export function useOffered(
  text: string,
  known: readonly Recipient[],
  taken: readonly Recipient[],
): Recipient[] {
  const typed = folded(text.trim());
  const q = useDebounced(text.trim(), 150).slice(0, MOST_SEARCHED);
  const users = useQuery({
    ...userPageQuery({ active: true, q }),
    enabled: typed !== '' && q !== '',
    placeholderData: (before) => before,
  }).data?.rows;
  return useMemo(() => {
    if (typed === '') return NOBODY;
    const colleagues = (users ?? []).map(({ name, email }) => ({ name, address: email }));
    return addRecipients([], [...known, ...colleagues])
      .filter((one) => isMeant(one, typed))
      .filter((one) => !taken.some((other) => sameAddress(other.address, one.address)))
      .slice(0, MOST);
  }, [typed, known, taken, users]);
}
