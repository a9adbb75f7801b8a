// To answer · Waiting · Done: each is an address.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { countsQuery, MOST_COUNTED, type Turn } from '../api/queries';
import { useFormat } from '../i18n/format';
import { addressOf, type Narrowing, TURNS } from './turns';

export function Tabs({
  place,
  turn,
  narrowing,
}: {
  place: 'inbox' | 'sent';
  turn: Turn;
  narrowing: Narrowing;
}) {
  const { t } = useTranslation();
  return (
    <nav className="tabs" aria-label={t('triage.label')}>
      {TURNS.map((one) => (
        <Link
          key={one}
          to={`/${place}`}
          search={addressOf(place, one, narrowing)}
          className="tab"
          activeOptions={{ exact: true }}
          aria-current={one === turn ? 'page' : undefined}
        >
          {t(`triage.${one}`)}
          {place === 'inbox' && one === 'to_answer' && <ToAnswer />}
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
