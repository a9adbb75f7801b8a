// Which candidate, of those I may see, by part of a name or address.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { candidatePageQuery, failed } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Picking } from '../ui/picking';
import { Failed, Skeleton } from '../ui/state';

export type Other = { id: string; name: string };

/** `first`: who stands there before anything is typed; `but`: who can't be meant. */
export function Choices({
  label,
  first,
  but,
  busy,
  onChoose,
}: {
  label: string;
  first: string;
  but?: string;
  busy?: boolean;
  onChoose: (other: Other) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150) || first;
  const found = useQuery(candidatePageQuery(q));
  const rows = (found.data?.rows ?? []).filter((one) => one.id !== but);
  const settled =
    (text.trim() || first) === q &&
    !(found.isFetching && (found.isPending || found.isPlaceholderData));
  return (
    <Picking
      label={label}
      text={text}
      onText={setText}
      rows={rows}
      settled={settled}
      busy={busy ?? false}
      onPick={({ id, name }) => onChoose({ id, name })}
      row={(row) => (
        <>
          <strong className="truncate" dir="auto">
            {row.name}
          </strong>
          <span className="quiet small truncate" dir="auto">
            {[...row.addresses, ...row.applications.map((one) => one.job_title)].join(' · ')}
          </span>
        </>
      )}
    >
      {found.isPending ? (
        <Skeleton rows={3} />
      ) : failed(found) ? (
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <p className="quiet" role="status">
          {t('merging.none')}
        </p>
      )}
    </Picking>
  );
}
