// One of the jobs that one may see.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type JobFilter, jobPageQuery, jobQuery } from '../api/queries';
import { FoundChoice, type Labelled, useFinding } from '../ui/found-choice';

export function JobChoice({
  value,
  none,
  filter = {},
  ...rest
}: {
  value: string;
  none: string; // what is chosen without one
  filter?: JobFilter;
  onChange: (job: string) => void;
} & Labelled) {
  const { t } = useTranslation();
  const finding = useFinding();
  const { q } = finding;
  const first = useQuery(jobPageQuery(filter));
  const found = useQuery({
    ...jobPageQuery(q ? { ...filter, q } : filter),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({ ...jobQuery(value), enabled: Boolean(value) });
  const rows = found.data?.rows ?? [];
  // What is chosen stays to be seen, whatever is searched for.
  const kept = chosen.data && !rows.some((one) => one.id === value) ? [chosen.data] : [];
  return (
    <FoundChoice
      {...rest}
      finding={finding}
      find={first.data?.next ? t('jobs.find') : false}
      value={value}
      options={[
        { value: '', label: none },
        ...[...kept, ...rows].map((one) => ({
          value: one.id,
          label: one.open ? one.title : t('jobs.isClosed', { title: one.title }),
        })),
      ]}
    />
  );
}
