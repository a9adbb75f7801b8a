// Whom a field offers while somebody types in it: people of the conversation, and colleagues.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Candidate, MOST_SEARCHED, type Thread, userPageQuery } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { folded } from '../search/folded';
import { addressKey, isAddress, parseRecipients, type Recipient } from './addresses';

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

// Whether the first is who is meant, unless another one is chosen: not where what is typed is an address
// itself, nor where somebody else who is offered goes by the same name, which anybody can give themselves.
export function isAlone(offered: readonly Recipient[], text: string): boolean {
  if (parseRecipients(text).some((one) => isAddress(one.address))) return false;
  const name = folded(offered[0]?.name ?? '');
  return name === '' || offered.filter((one) => folded(one.name) === name).length === 1;
}

/** `settled`: nobody comes before these any more. */
export function useOffered(
  text: string,
  known: readonly Recipient[],
  taken: readonly Recipient[],
): { offered: Recipient[]; settled: boolean } {
  const typed = folded(text.trim().slice(0, MOST_SEARCHED));
  const q = useDebounced(text.trim().slice(0, MOST_SEARCHED), 150);
  const found = useQuery({
    ...userPageQuery({ active: true, q }),
    enabled: typed !== '' && q !== '',
    placeholderData: (before) => before,
  });
  const users = found.data?.rows;
  const settled = q === text.trim() && !found.isFetching;
  const offered = useMemo(() => {
    if (typed === '') return NOBODY;
    const colleagues = (users ?? []).map(({ name, email }) => ({ name, address: email }));
    const all = new Set(taken.map((one) => addressKey(one.address)));
    const offered: Recipient[] = [];
    // Colleagues first: by the name that they have here, not by one that a stranger wrote.
    for (const one of [...colleagues, ...known]) {
      if (offered.length === MOST) break;
      const key = addressKey(one.address);
      if (all.has(key) || !isMeant(one, typed)) continue;
      all.add(key);
      offered.push(one);
    }
    return offered;
  }, [typed, known, taken, users]);
  return { offered, settled };
}
