// Nothing was found: what was asked, and which part of it can be let go.
import { SearchX, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { Empty } from '../ui/state';
import { useFilterWords } from './filters';
import { filtersOf, partsOf, without } from './query';

const MOST = 5;

export function Nothing({ q, onAsk }: { q: string; onAsk: (query: string) => void }) {
  const { t } = useTranslation();
  const wordsOf = useFilterWords();
  const parts = partsOf(q);
  const filters = filtersOf(q);
  const ways = parts.flatMap((part) => {
    const whole = q.slice(part.start, part.end);
    const filter = filters.find((one) => one.start === part.start);
    const what = filter ? wordsOf(filter) : whole.replaceAll('"', '');
    const less = { rank: filter ? 0 : 2, label: t('find.withoutIt', { what }) };
    const ways = parts.length > 1 ? [{ ...less, query: without(q, part) }] : [];
    if (filter || part.without || !/\S\s+\S/.test(part.words)) return ways;
    // The words of a phrase stand in any order then.
    const loose = q.slice(0, part.start) + part.words + q.slice(part.end);
    return [{ rank: 1, label: t('find.loose', { what: part.words }), query: loose }, ...ways];
  });
  return (
    <Empty
      icon={<SearchX size={24} aria-hidden />}
      title={t('find.none', { query: q })}
      text={t('find.noneText')}
    >
      {ways
        .sort((one, other) => one.rank - other.rank)
        .slice(0, MOST)
        .map(({ label, query }) => (
          <Button key={label} small icon={<X size={14} aria-hidden />} onClick={() => onAsk(query)}>
            <bdi className="truncate">{label}</bdi>
          </Button>
        ))}
    </Empty>
  );
}
