// All · To answer · Waiting · Done: each is an address.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { countsQuery, isNarrowed, MOST_COUNTED, type Place, type Turn } from '../api/queries';
import { useFormat } from '../i18n/format';
import { addressOf, type Narrowing, tabsOf } from './turns';

export function Tabs({
  place,
  turn,
  narrowing,
}: {
  place: Place;
  turn: Turn | undefined;
  narrowing: Narrowing;
}) {
  const { t } = useTranslation();
  const tabs = tabsOf(place);
  if (tabs.length === 0) return null;
  return (
    <nav className="tabs" aria-label={t('triage.label')}>
      {tabs.map((one) => (
        <Link
          key={one ?? 'all'}
          to={`/${place}`}
          search={addressOf(place, one, narrowing)}
          className="tab"
          activeOptions={{ exact: true }}
          aria-current={one === turn ? 'page' : undefined}
        >
          {t(`triage.${one ?? 'all'}`)}
          {/* Of a narrowed list nobody has counted them. */}
          {place === 'inbox' && one === 'to_answer' && !isNarrowed({ place, ...narrowing }) && (
            <ToAnswer />
          )}
        </Link>
      ))}
    </nav>
  );
}

// How many wait in my inbox for an answer, as the server counts them; none where none do.
export function useToAnswer(): number {
  return useQuery(countsQuery).data?.to_answer ?? 0;
}

export function ToAnswer({ words }: { words?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = useToAnswer();
  if (count === 0) return null;
  const shown = count < MOST_COUNTED ? format.number(count) : `${format.number(MOST_COUNTED)}+`;
  return (
    <span className="to-answer">
      {words ? (
        <>
          <span aria-hidden>{shown}</span>
          <span className="sr">{t('triage.count', { count, shown })}</span>
        </>
      ) : (
        shown
      )}
    </span>
  );
}
