// What is set, in words, each taken away with one press; and what is one press away.
import { Mail, Paperclip, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/format';
import { adding, type Filter, filtersOf, without } from './query';

const SWITCHES = [
  { operator: 'is', words: 'unread', Icon: Mail, label: 'find.isUnread' },
  { operator: 'has', words: 'file', Icon: Paperclip, label: 'find.hasFile' },
] as const;

export function useFilterWords(): (filter: Filter) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ operator, words, without: not }) => {
    const said = () => {
      if (operator === 'is' && words === 'unread') return t('find.isUnread');
      if (operator === 'has' && words === 'file') return t('find.hasFile');
      const day = /^\d{4}-\d{2}-\d{2}$/.test(words) && Date.parse(`${words}T12:00:00Z`);
      const value =
        day && (operator === 'after' || operator === 'before')
          ? format.day(new Date(day).toISOString())
          : words;
      return t(`find.set.${operator}`, { value });
    };
    return not ? t('find.not', { what: said() }) : said();
  };
}

export function Filters({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = useTranslation();
  const wordsOf = useFilterWords();
  const set = filtersOf(text);
  const isSwitch = (filter: Filter) =>
    !filter.without &&
    SWITCHES.some((one) => one.operator === filter.operator && one.words === filter.words);
  return (
    <div className="search-filters">
      {SWITCHES.map(({ operator, words, Icon, label }) => {
        const on = set.find(
          (one) => one.operator === operator && one.words === words && !one.without,
        );
        return (
          <button
            key={operator}
            type="button"
            className="search-switch"
            aria-pressed={on !== undefined}
            onClick={() => onText(on ? without(text, on) : adding(text, `${operator}:${words}`))}
          >
            <Icon size={14} aria-hidden />
            {t(label)}
          </button>
        );
      })}
      {set
        .filter((filter) => !isSwitch(filter))
        .map((filter) => {
          const what = wordsOf(filter);
          return (
            <button
              key={`${filter.start} ${filter.words}`}
              type="button"
              className="search-switch set"
              aria-label={t('find.takeAway', { what })}
              title={t('find.takeAway', { what })}
              onClick={() => onText(without(text, filter))}
            >
              <bdi className="truncate">{what}</bdi>
              <X size={14} aria-hidden />
            </button>
          );
        })}
    </div>
  );
}
