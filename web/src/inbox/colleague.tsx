// One of the colleagues, by their address: whoever is none, but stands in the page's address, is called by it.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { MOST_SEARCHED, userPageQuery } from '../api/queries';
import { FoundChoice, type Labelled, useFinding } from '../ui/found-choice';

const is = (address: string) => {
  const wanted = address.toLowerCase();
  return ({ email }: { email: string }) => email.toLowerCase() === wanted;
};

export function useColleague(address: string): Schemas['User'] | undefined {
  const found = useQuery({
    ...userPageQuery({ q: address.slice(0, MOST_SEARCHED) }),
    enabled: address !== '',
  });
  return found.data?.rows.find(is(address));
}

export function ColleagueChoice({
  value,
  none,
  ...rest
}: {
  value: string; // an address
  none: string; // what is chosen without one
  onChange: (address: string) => void;
} & Labelled) {
  const { t } = useTranslation();
  const finding = useFinding();
  const { q } = finding;
  const first = useQuery(userPageQuery({}));
  const found = useQuery({
    ...userPageQuery(q ? { q } : {}),
    placeholderData: keepPreviousData,
  });
  const known = useColleague(value);
  const rows = found.data?.rows ?? [];
  const chosen = value ? (rows.find(is(value)) ?? known) : undefined;
  // What is chosen stays to be seen, whatever is searched for.
  const kept = chosen && !rows.includes(chosen) ? [chosen] : [];
  const all = [...kept, ...rows];
  const named = ({ name, email }: Schemas['User']) =>
    all.filter((one) => one.name === name).length > 1 ? `${name} (${email})` : name;
  return (
    <FoundChoice
      {...rest}
      finding={finding}
      find={first.data?.next ? t('users.find') : false}
      value={chosen?.email ?? value}
      options={[
        { value: '', label: none },
        ...(value && !chosen ? [{ value, label: value }] : []),
        ...all.map((one) => ({
          value: one.email,
          label: one.active ? named(one) : t('narrow.former', { name: named(one) }),
        })),
      ]}
    />
  );
}
