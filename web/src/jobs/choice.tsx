// One of the jobs that one may see. Where there are more than a page of them, a box finds the others
// at the server.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type JobFilter, jobPageQuery, jobQuery, MOST_SEARCHED } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Input, Select } from '../ui/field';

export function JobChoice({
  value,
  none,
  filter = {},
  onChange,
  ...labelled
}: {
  value: string;
  none: string; // what is chosen without one
  filter?: JobFilter;
  onChange: (job: string) => void;
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150);
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
    <>
      {first.data?.next && (
        <Input
          type="search"
          aria-label={t('jobs.find')}
          placeholder={t('jobs.find')}
          maxLength={MOST_SEARCHED}
          value={text}
          onChange={(event) => setText(event.target.value)}
          // Not the form around it: what is found is to be chosen first.
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      <Select
        {...labelled}
        value={value}
        options={[
          { value: '', label: none },
          ...[...kept, ...rows].map((one) => ({
            value: one.id,
            label: one.open ? one.title : t('jobs.isClosed', { title: one.title }),
          })),
        ]}
        onChange={(event) => onChange(event.target.value)}
      />
    </>
  );
}
