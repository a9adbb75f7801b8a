// Before anything is asked: what was asked last in this tab, and what can be asked, each a press away.
import { Clock } from 'lucide-react';
import { useTranslation } from 'react-i18next';

const TIPS = ['words', 'phrase', 'without', 'from', 'job', 'file', 'after'] as const;

export function Tips({
  recent,
  onAsk,
}: {
  recent: readonly string[];
  onAsk: (query: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="search-tips">
      {recent.length > 0 && (
        <section>
          <h2 className="label">{t('find.recent')}</h2>
          {recent.map((one) => (
            <button key={one} type="button" className="search-tip" onClick={() => onAsk(one)}>
              <Clock size={16} aria-hidden />
              <bdi className="truncate grow">{one}</bdi>
            </button>
          ))}
        </section>
      )}
      <section>
        <h2 className="label">{t('find.tips')}</h2>
        {TIPS.map((one) => (
          <button
            key={one}
            type="button"
            className="search-tip"
            onClick={() => onAsk(t(`find.tip.${one}.example`))}
          >
            <code>{t(`find.tip.${one}.example`)}</code>
            <span className="quiet">{t(`find.tip.${one}.text`)}</span>
          </button>
        ))}
      </section>
    </div>
  );
}
