// What a list is narrowed by (M-2): each a press, and each in the address.
import { Hourglass, Mail, Reply } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place, Turn } from '../api/queries';
import { JobChoice } from '../jobs/choice';
import { ColleagueChoice } from './colleague';
import { mayNarrow, type Narrowing } from './turns';
import { without } from './without';
import './narrow.css';

export { addWords } from './narrow-words';

const SWITCHES = [
  { by: 'unread', label: 'thread.unread', Icon: Mail },
  { by: 'to_answer', label: 'triage.to_answer', Icon: Reply },
] as const;

export function Narrow({
  place,
  turn,
  by: narrowing,
  focus,
  onChange,
}: {
  place: Place;
  turn?: Turn | undefined;
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
      <div className="list-switches">
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
        {(turn === 'to_answer' || narrowing.to_answer) && (
          <button
            type="button"
            className="list-switch"
            aria-pressed={narrowing.order !== undefined}
            onClick={() =>
              onChange(
                narrowing.order ? without(narrowing, 'order') : { ...narrowing, order: 'longest' },
              )
            }
          >
            <Hourglass size={14} aria-hidden />
            {t('narrow.longest')}
          </button>
        )}
      </div>
      {mayNarrow(place, 'job') && (
        <div className="list-choice">
          <JobChoice
            aria-label={t('narrow.job')}
            value={narrowing.job ?? ''}
            none={t('candidate.allJobs')}
            onChange={(job) => onChange(job ? { ...narrowing, job } : without(narrowing, 'job'))}
          />
        </div>
      )}
      <div className="list-choice">
        <ColleagueChoice
          aria-label={t('narrow.person')}
          value={narrowing.person ?? ''}
          none={t('narrow.anybody')}
          onChange={(person) =>
            onChange(person ? { ...narrowing, person } : without(narrowing, 'person'))
          }
        />
      </div>
    </search>
  );
}
