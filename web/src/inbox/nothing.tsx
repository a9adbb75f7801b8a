// A list that holds nothing: what would be there, and what to do next; or what it is narrowed by.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import {
  Archive,
  CircleCheck,
  CircleDashed,
  Inbox as InboxIcon,
  Send as SendIcon,
  SquareStar,
  UserRoundPlus,
  UserRoundStar,
  UserRoundX,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isNarrowed, jobQuery, type Place, type Turn } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { Button } from '../ui/button';
import { Empty } from '../ui/state';
import { useColleague } from './colleague';
import type { Narrowing } from './turns';
import { without } from './without';

export { addWords } from './narrow-words';

const ICONS = {
  'followed-candidates': UserRoundStar,
  'followed-jobs': SquareStar,
  archived: Archive,
};
// What stands in these is some of all, by what somebody chose: empty, they say where one does.
const CHOSEN_AT = {
  'followed-candidates': '/candidates',
  'followed-jobs': '/jobs',
  archived: '/inbox',
} as const;
type Chosen = keyof typeof CHOSEN_AT;
const isChosen = (place: Place): place is Chosen => place in CHOSEN_AT;

export function Nothing({
  place,
  turn,
  by: narrowing,
  invited,
  connected,
  further,
  busy,
  onChange,
}: {
  place: Place;
  turn: Turn | undefined;
  by: Narrowing;
  invited: boolean;
  connected: boolean; // to a mailbox
  further: (() => void) | undefined; // not all of the place was looked at
  busy: boolean;
  onChange: (narrowing: Narrowing) => void;
}) {
  const { t } = useTranslation();
  const here = place === 'all' ? 'all' : 'to_answer'; // where who isn't connected may look
  if (isNarrowed({ place, ...narrowing }))
    return <NothingPasses by={narrowing} further={further} busy={busy} onChange={onChange} />;
  return isChosen(place) ? (
    <NothingChosen place={place} />
  ) : place === 'non-candidates' ? (
    <Empty
      alone
      icon={<UserRoundX size={24} aria-hidden />}
      title={t('list.empty.non-candidates.title')}
      text={t('list.empty.non-candidates.text')}
    >
      <Button asChild>
        <Link to="/non-candidates/new">{t('list.empty.non-candidates.go')}</Link>
      </Button>
    </Empty>
  ) : !connected ? (
    <Empty
      alone
      icon={<InboxIcon size={24} aria-hidden />}
      title={t(invited ? `list.empty.${here}.title` : 'list.connectTitle')}
      text={t(invited ? `list.empty.${here}.text` : 'list.connectText')}
    >
      {!invited && (
        <Button look="primary" asChild>
          <Link to="/settings/account/profile/email/add">{t('email.add')}</Link>
        </Button>
      )}
      <Button asChild>
        <Link to="/candidates">{t('list.empty.followed-candidates.go')}</Link>
      </Button>
    </Empty>
  ) : (
    <NothingHere place={place} turn={turn} />
  );
}

function NothingPasses({
  by: narrowing,
  further,
  busy,
  onChange,
}: {
  by: Narrowing;
  further: (() => void) | undefined;
  busy: boolean;
  onChange: (narrowing: Narrowing) => void;
}) {
  const { t } = useTranslation();
  const job = useQuery({ ...jobQuery(narrowing.job ?? ''), enabled: Boolean(narrowing.job) });
  const colleague = useColleague(narrowing.person ?? '');
  const words = (by: keyof Narrowing) => {
    if (by === 'job') return job.data?.title ?? t('narrow.job');
    if (by === 'person') return colleague?.name ?? narrowing.person ?? '';
    return t(by === 'unread' ? 'thread.unread' : 'triage.to_answer');
  };
  const set = (['unread', 'to_answer', 'job', 'person'] as const).filter((by) => narrowing[by]);
  return (
    <Empty
      icon={<CircleDashed size={24} aria-hidden />}
      title={t(further ? 'narrow.soFar' : 'narrow.nothing')}
      text={<bdi>{set.map(words).join(' · ')}</bdi>}
    >
      {further && (
        <Button look="primary" busy={busy} onClick={further}>
          {t('narrow.further')}
        </Button>
      )}
      {set.map((by) => (
        <Button key={by} onClick={() => onChange(without(narrowing, by))}>
          {t('narrow.without', { what: words(by) })}
        </Button>
      ))}
      {set.length > 1 && <Button onClick={() => onChange({})}>{t('narrow.lift')}</Button>}
    </Empty>
  );
}

// Whether nothing is followed or put away, or nothing has come yet: what would be here, and how it gets here.
function NothingChosen({ place }: { place: Chosen }) {
  const { t } = useTranslation();
  const Icon = ICONS[place];
  return (
    <Empty
      alone
      icon={<Icon size={24} aria-hidden />}
      title={t(`list.empty.${place}.title`)}
      text={t(`list.empty.${place}.text`)}
    >
      <Button asChild>
        <Link to={CHOSEN_AT[place]}>{t(`list.empty.${place}.go`)}</Link>
      </Button>
    </Empty>
  );
}

// Nothing here: what would be, and what to do next.
function NothingHere({ place, turn }: { place: Place; turn: Turn | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayEdit = useMayEdit();
  const sent = { all: 'sent', to_answer: 'answered', waiting: 'waiting', done: 'done' } as const;
  const what = place === 'sent' ? sent[turn ?? 'all'] : (turn ?? 'all');
  const writes = what === 'sent' || what === 'waiting';
  const Icon = what === 'all' ? UserRoundPlus : writes ? SendIcon : CircleCheck;
  const brings = what === 'to_answer' || what === 'all'; // a candidate more brings something here
  const missing = t(mayEdit ? 'list.empty.missing' : 'list.empty.missingForMe');
  return (
    <Empty
      alone
      icon={<Icon size={24} aria-hidden />}
      title={t(`list.empty.${what}.title`)}
      text={`${t(`list.empty.${what}.text`)} ${brings ? missing : ''}`}
    >
      {brings ? (
        mayEdit && (
          <Button onClick={() => void navigate({ to: '/candidates', search: { add: true } })}>
            {t('candidate.add')}
          </Button>
        )
      ) : (
        <Button asChild>
          <Link to="/inbox">{t('list.empty.toInbox')}</Link>
        </Button>
      )}
    </Empty>
  );
}
