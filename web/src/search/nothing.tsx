// Nothing was found: what was asked, and which part of it can be let go.
import { SearchX, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { Empty } from '../ui/state';
import { useFilterWords } from './filters';
import { type Filter, partsOf, quoted, without } from './query';

const MOST = 4;

export function Nothing({ q, onAsk }: { q: string; onAsk: (query: string) => void }) {
  const { t } = useTranslation();
  const wordsOf = useFilterWords();
  const parts = partsOf(q);
  const ways = parts.flatMap((part) => {
    const whole = q.slice(part.start, part.end);
    const what = part.operator
      ? wordsOf(part as Filter)
      : t('find.quoted', { text: part.words || whole });
    const less =
      parts.length > 1 ? [{ label: t('find.withoutIt', { what }), query: without(q, part) }] : [];
    // The words of a phrase stand in any order then.
    if (part.operator || part.without || quoted(part.words) === part.words || !part.words.trim())
      return less;
    const loose = q.slice(0, part.start) + part.words + q.slice(part.end);
    return [{ label: t('find.loose', { what }), query: loose }, ...less];
  });
  return (
    <Empty
      icon={<SearchX size={24} aria-hidden />}
      title={t('find.none', { query: q })}
      text={t('find.noneText')}
    >
      {ways.slice(0, MOST).map(({ label, query }) => (
        <Button key={label} small icon={<X size={14} aria-hidden />} onClick={() => onAsk(query)}>
          <bdi className="truncate">{label}</bdi>
        </Button>
      ))}
    </Empty>
  );
}
