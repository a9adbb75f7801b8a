// What came of searching the mailboxes for an address that was added (S-5): as long as the search
// goes on, and for a day.
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { MailSearch } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { type Candidate, oldMailQuery } from '../api/queries';
import { useMayEdit } from '../frame/hooks';

const DAY = 86_400_000;
const ASKED_FOR = 7 * DAY; // the server tells of none that was added before (rules/old_mail)

type Search = Schemas['OldMailSearch'];

export function whatWasFound(t: TFunction, search: Search): string {
  const { messages, searched, searching, waiting } = search;
  const where = t('oldMail.where', { count: messages > 0 ? search.mailboxes : searched });
  const found =
    messages > 0
      ? t(search.more ? 'oldMail.foundMore' : 'oldMail.found', { count: messages, where })
      : search.more
        ? '' // there may be some among those that weren't looked at
        : searching > 0
          ? t('oldMail.noneYet')
          : searched > 0
            ? t('oldMail.none', { where })
            : '';
  const goesOn = searching > 0 ? t('oldMail.searching', { count: searching }) : '';
  const known = [found, goesOn].filter(Boolean).join(', ');
  const waits = waiting > 0 ? t('oldMail.waiting', { count: waiting }) : '';
  const closed = search.closed > 0 ? t('oldMail.closed', { count: search.closed }) : '';
  return [known, [waits, closed].filter(Boolean).join(' ')].filter(Boolean).join('. ');
}

export function OldMail({ candidate, bar }: { candidate: Candidate; bar?: boolean }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const age =
    Date.now() -
    Math.max(...candidate.addresses.map((one) => (one.synced ? Date.parse(one.since) : 0)), 0);
  const search = useQuery({
    ...oldMailQuery(candidate.id),
    enabled: mayEdit && !candidate.resting && age < ASKED_FOR,
  });
  const words =
    search.data?.search && !candidate.resting ? whatWasFound(t, search.data.search) : '';
  // Room is kept for what is about to be told.
  const coming = search.isLoading && age < DAY;
  if (!words && !coming) return null;
  return (
    <p className={`old-mail small${bar ? ' bar' : ''}`} role="status">
      <MailSearch size={16} aria-hidden />
      <span>{words}</span>
    </p>
  );
}
