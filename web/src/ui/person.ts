// Whoever isn't one of us writes the name beside their address at will. One rule for every place that shows
// a person by name (U4, THREAT1): what isn't seen is taken out; a name comes first where it can't be taken
// for an address; where it can, the address comes first, and is never without it.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { INVISIBLE, plain } from '../thread/links';

const SAID = /[^\s<>()[\]"',;:]{1,64}@[^\s<>()[\]"',;:]{1,255}/gu;
// Joiners and variants, with which some scripts and emoji are written.
const JOINS = /\u200c|\u200d|\ufe0e|\ufe0f/;
const seen = (text: string) =>
  text.replace(INVISIBLE, (sign, at: number) =>
    JOINS.test(sign) && text.charCodeAt(at - 1) > 0x7f ? sign : '',
  );
const NOTHING = /^[\s\u2800]*$/; // a blank of Braille is one, too

const LONGEST = 1000; // of a name, that is looked at

export type Shown = {
  first: string;
  second: string; // '' where there is no more to say
  named: boolean; // the name is first
  pretends: boolean; // second is a name that says somebody else's address
};

// addresses: all that are theirs; the first is the one that is shown, unless the name says another.
export function shownAs(written: string, addresses: readonly string[]): Shown {
  const own = addresses.map((one) => one.trim().toLowerCase());
  const name = seen(written.slice(0, LONGEST))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const looked = plain(name);
  const said = [...looked.matchAll(SAID)].map(([one]) => one.replace(/\.+$/, '').toLowerCase());
  const meant = addresses[own.findIndex((one) => said.includes(one))] ?? addresses[0] ?? '';
  // What isn't seen in an address makes it another one: there it is shown.
  const address = meant.replace(INVISIBLE, '\ufffd');
  if (!address) return { first: name, second: '', named: true, pretends: false };
  if (NOTHING.test(looked) || own.includes(looked.toLowerCase())) {
    return { first: address, second: '', named: false, pretends: false };
  }
  if (!looked.includes('@')) return { first: name, second: address, named: true, pretends: false };
  const pretends = said.some((one) => !own.includes(one));
  return { first: address, second: name, named: false, pretends };
}

// The same in the reader's words. `short` is for where a name alone is enough, `whole` never is without
// the address.
export function usePerson() {
  const { t } = useTranslation();
  return useCallback(
    (written: string, addresses: readonly string[]) => {
      const { first, second, named, pretends } = shownAs(written, addresses);
      const beside = pretends ? t('person.pretends', { name: second }) : second;
      const whole = !beside ? first : named ? `${first} <${beside}>` : `${first} (${beside})`;
      return { first, second: beside, named, pretends, short: named ? first : whole, whole };
    },
    [t],
  );
}
