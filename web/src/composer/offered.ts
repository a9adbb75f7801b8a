// Whom a field offers while somebody types in it: people of the conversation, and colleagues.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Candidate, MOST_SEARCHED, type Thread, userPageQuery } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { folded } from '../search/folded';
import { addressKey, type Recipient } from './addresses';

const MOST = 6; // offered at once
const NOBODY: Recipient[] = [];
const NAME = 200; // characters of a name that somebody else wrote

/** To: the candidate, and who else takes part. Copies: these without the candidate, who mustn't get one. */
export function knownIn(
  thread: Thread | undefined,
  candidate: Candidate | undefined,
): { to: Recipient[]; copies: Recipient[] } {
  const own = (candidate?.addresses ?? [])
    .filter((one) => one.synced)
    .map(({ address }) => ({ name: candidate!.name, address }));
  const theirs = new Set(candidate?.addresses.map((one) => addressKey(one.address)));
  const copies = new Map<string, Recipient>();
  for (const { from, to, cc } of (thread?.messages ?? []).toReversed())
    for (const one of [...from, ...to, ...cc]) {
      const key = addressKey(one.address);
      if (one.address && !theirs.has(key) && !copies.has(key)) copies.set(key, one);
    }
  return { to: [...own, ...copies.values()], copies: [...copies.values()] };
}

// Of a name any word may be begun, of an address its beginning and its domain.
function isMeant({ name, address }: Recipient, typed: string): boolean {
  const words = folded(`${name.slice(0, NAME)} ${address}`);
  for (let at = words.indexOf(typed); at >= 0; at = words.indexOf(typed, at + 1))
    if (at === 0 || /[\s@."'(-]/.test(words[at - 1]!)) return true;
  return false;
}

export function useOffered(
  text: string,
  known: readonly Recipient[],
  taken: readonly Recipient[],
): Recipient[] {
  const typed = folded(text.trim().slice(0, MOST_SEARCHED));
  const q = useDebounced(text.trim().slice(0, MOST_SEARCHED), 150);
  const users = useQuery({
    ...userPageQuery({ active: true, q }),
    enabled: typed !== '' && q !== '',
    placeholderData: (before) => before,
  }).data?.rows;
  return useMemo(() => {
    if (typed === '') return NOBODY;
    const colleagues = (users ?? []).map(({ name, email }) => ({ name, address: email }));
    const names = new Map(colleagues.map((one) => [addressKey(one.address), one.name]));
    const all = new Set(taken.map((one) => addressKey(one.address)));
    const offered: Recipient[] = [];
    for (const one of [...known, ...colleagues]) {
      if (offered.length === MOST) break;
      const key = addressKey(one.address);
      if (all.has(key) || !isMeant(one, typed)) continue;
      all.add(key);
      offered.push(one.name ? one : { ...one, name: names.get(key) ?? '' });
    }
    return offered;
  }, [typed, known, taken, users]);
}
