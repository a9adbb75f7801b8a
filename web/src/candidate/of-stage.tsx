// O-5: a job's candidates by phase and by status. Each is in the address.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { MOST_IN_STAGE, stageCountsQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Select } from '../ui/field';

export { addWords } from './words';

const LISTS = [
  { by: 'phase', list: 'phases', all: 'stages.allPhases' },
  { by: 'status', list: 'statuses', all: 'stages.allStatuses' },
] as const;

function useShown(): (candidates: number) => string {
  const format = useFormat();
  return (candidates) => `${format.number(candidates)}${candidates < MOST_IN_STAGE ? '' : '+'}`;
}

export function OfStage({
  job,
  onChange,
  ...chosen
}: {
  job: string;
  phase?: string | undefined;
  status?: string | undefined;
  onChange: (to: { phase?: string | undefined } | { status?: string | undefined }) => void;
}) {
  const { t } = useTranslation();
  const shown = useShown();
  const counts = useQuery(stageCountsQuery(job));
  return (
    <div className="of-stage">
      {LISTS.map(({ by, list, all }) => {
        const value = chosen[by] ?? '';
        const stages = counts.data?.[list] ?? [];
        // What an address names may have been removed since; until it is known, nothing is said of it.
        const unknown = value && !stages.some((one) => one.id === value);
        return (
          <Select
            key={by}
            aria-label={t(`stages.${by}`)}
            value={value}
            options={[
              { value: '', label: t(all) },
              ...(unknown ? [{ value, label: counts.data ? t('stages.gone') : '…' }] : []),
              ...stages.map(({ id, name, candidates }) => ({
                value: id,
                label: t('stages.with', { name, shown: shown(candidates) }),
              })),
            ]}
            onChange={({ target }) => onChange({ [by]: target.value || undefined })}
          />
        );
      })}
    </div>
  );
}

/** On the job's own page: to each of its phases, and how many are there. */
export function PhaseLinks({ job }: { job: string }) {
  const { t } = useTranslation();
  const shown = useShown();
  const counts = useQuery(stageCountsQuery(job));
  return (
    <nav className="phase-links" aria-label={t('stages.of')}>
      <ul>
        {counts.data?.phases.map(({ id, name, candidates }) => (
          <li key={id}>
            <Link to="/candidates" search={{ job, phase: id }} className="phase-link">
              <span className="truncate" dir="auto">
                {name}
              </span>
              <span className="tabular quiet">{shown(candidates)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
