// What could stand where the caret is: the names of the filters, and their values.
import { useQuery } from '@tanstack/react-query';
import {
  BriefcaseBusiness,
  Calendar,
  ListFilter,
  type LucideIcon,
  Mail,
  Paperclip,
} from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  candidatePageQuery,
  jobPageQuery,
  MOST_SEARCHED,
  meQuery,
  userPageQuery,
} from '../api/queries';
import { useFormat } from '../i18n/format';
import { usePerson } from '../ui/person';
import { Avatar } from '../ui/state';
import { useAnswered, useAsked } from './asking';
import { folded } from './folded';
import { asDay, dayOf, NEGATED, OPERATORS, type Operator, type Place } from './query';

export type Option = {
  id: string;
  value: string; // what is written for it
  label: string;
  detail?: string;
  icon: ReactNode;
};
export type Offer = {
  options: Option[];
  sure: boolean; // nothing else can stand there: Enter takes the first
};

const NONE: Offer = { options: [], sure: false };
const PEOPLE: readonly Operator[] = ['from', 'to'];
const MOST = 8;

const icon = (Icon: LucideIcon) => <Icon size={16} aria-hidden />;
export function useOffer(place: Place | undefined, composed: boolean): Offer {
  const { t } = useTranslation();
  const operator = place?.of === 'value' ? place.operator : undefined;
  const typed = place?.typed ?? '';
  const days = useDays(typed);
  const [q, asking] = useAsked(typed.trim().slice(0, MOST_SEARCHED), composed);
  const { people, coming } = usePeople(operator, q);
  const { data, isFetching } = useQuery({
    ...jobPageQuery(q ? { q } : {}),
    enabled: operator === 'job',
    placeholderData: (before) => before,
  });
  const jobs = data?.rows;
  useAnswered(asking, q, coming || isFetching);
  return useMemo(() => {
    if (!place) return NONE;
    if (place.of === 'operator') {
      const known = place.without ? NEGATED : OPERATORS;
      const options = known
        .filter((one) => one.startsWith(typed))
        .map((one) => ({
          id: one,
          value: one,
          label: `${one}:`,
          detail: t(`find.hint.${one}`),
          icon: icon(ListFilter),
        }));
      return { options, sure: false };
    }
    const fixed = (value: string, label: string, Icon: LucideIcon): Offer => {
      const begins = value.startsWith(typed.toLowerCase()) && value !== typed;
      const options = begins ? [{ id: value, value, label, detail: value, icon: icon(Icon) }] : [];
      return { options, sure: true };
    };
    switch (place.operator) {
      case 'from':
      case 'to':
      case 'candidate':
        return { options: people, sure: false };
      case 'job': {
        const found = (jobs ?? []).slice(0, MOST).map((job) => ({
          id: job.id,
          value: job.title,
          label: job.title,
          icon: icon(BriefcaseBusiness),
        }));
        return { options: found, sure: false };
      }
      case 'has':
        return fixed('file', t('find.hasFile'), Paperclip);
      case 'is':
        return fixed('unread', t('find.isUnread'), Mail);
      case 'after':
      case 'before':
        return { options: days, sure: typed === '' || asDay(typed) !== undefined };
      default:
        return NONE;
    }
  }, [place, typed, people, jobs, days, t]);
}

// Candidates by an address, which is the same in every message of theirs; the card's name is ours.
function usePeople(
  operator: Operator | undefined,
  q: string,
): { people: Option[]; coming: boolean } {
  const { t } = useTranslation();
  const person = usePerson();
  const writes = operator !== undefined && PEOPLE.includes(operator);
  const candidatePage = useQuery({
    ...candidatePageQuery(q),
    enabled: writes || operator === 'candidate',
  });
  const userPage = useQuery({
    ...userPageQuery(q ? { q } : {}),
    enabled: writes,
    placeholderData: (before) => before,
  });
  const candidates = candidatePage.data?.rows;
  const users = userPage.data?.rows;
  const people = useMemo(() => {
    const asked = folded(q);
    const found = (candidates ?? []).map((row): Option => {
      const { first, second } = person(row.name, row.addresses);
      const value = writes ? (row.addresses[0] ?? row.name) : row.name;
      return {
        id: row.id,
        value,
        label: first,
        detail: second || row.applications.map((one) => one.job_title).join(', '),
        icon: <Avatar name={first} small />,
      };
    });
    if (!writes) return found.slice(0, MOST);
    const colleagues = (users ?? [])
      .filter((one) => asked === '' || folded(`${one.name} ${one.email}`).includes(asked))
      .slice(0, 4)
      .map(
        (one): Option => ({
          id: one.id,
          value: one.name,
          label: one.name,
          detail: t('find.colleague'),
          icon: <Avatar name={one.name} small />,
        }),
      );
    return [...found.slice(0, MOST - colleagues.length), ...colleagues];
  }, [candidates, users, q, writes, person, t]);
  return { people, coming: candidatePage.isFetching || userPage.isFetching };
}

const DAY = 86_400_000;
const BACK = [
  ['today', 0],
  ['yesterday', 1],
  ['week', 7],
  ['month', 30],
  ['year', 365],
] as const;

// Of the reader's own calendar; what is typed in another way of writing a day becomes one, too.
function useDays(typed: string): Option[] {
  const { t } = useTranslation();
  const format = useFormat();
  const zone = useQuery({ ...meQuery, enabled: false }).data?.user.time_zone;
  return useMemo(() => {
    const option = (id: string, value: string, label: string): Option => ({
      id,
      value,
      label,
      detail: value,
      icon: icon(Calendar),
    });
    const meant = asDay(typed);
    if (meant) return [option('typed', meant, format.day(`${meant}T12:00:00Z`))];
    const now = Date.now();
    return BACK.map(([id, back]) =>
      option(id, dayOf(new Date(now - back * DAY), zone), t(`find.day.${id}`)),
    ).filter(({ value }) => value.startsWith(typed) && value !== typed);
  }, [typed, format, zone, t]);
}
