// What a list is narrowed by (M-2): each a press, and each in the address.
import { Mail, Reply } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place } from '../api/queries';
import { JobChoice } from '../jobs/choice';
import { mayNarrow, type Narrowing } from './turns';
import { without } from './without';
import './narrow.css';

const SWITCHES = [
  { by: 'unread', label: 'thread.unread', Icon: Mail },
  { by: 'to_answer', label: 'triage.to_answer', Icon: Reply },
] as const;

export function Narrow({
  place,
  by: narrowing,
  focus,
  onChange,
}: {
  place: Place;
  by: Narrowing;
  focus: boolean; // it was just asked for
  onChange: (narrowing: Narrowing) => void;
}) {
  const { t } = useTranslation();
  const first = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as it comes
  useEffect(() => {
    if (focus) first.current?.focus();
  }, []);
  return (
    <search className="list-filter" aria-label={t('narrow.label')}>
      {SWITCHES.filter(({ by }) => mayNarrow(place, by)).map(({ by, label, Icon }, at) => (
        <button
          key={by}
          ref={at === 0 ? first : undefined}
          type="button"
          className="list-switch"
          aria-pressed={narrowing[by] !== undefined}
          onClick={() =>
            onChange(narrowing[by] ? without(narrowing, by) : { ...narrowing, [by]: true })
          }
        >
          <Icon size={14} aria-hidden />
          {t(label)}
        </button>
      ))}
      {mayNarrow(place, 'job') && (
        <JobChoice
          aria-label={t('narrow.job')}
          value={narrowing.job ?? ''}
          none={t('candidate.allJobs')}
          onChange={(job) => onChange(job ? { ...narrowing, job } : without(narrowing, 'job'))}
        />
      )}
    </search>
  );
}
