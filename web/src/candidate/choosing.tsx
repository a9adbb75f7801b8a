// Which candidate, of those I may see, by part of a name or address.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { candidatePageQuery, failed } from '../api/queries';
import { useDebounced } from '../frame/hooks';
import { Field, Input } from '../ui/field';
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
  return (
    <>
      <Field label={label}>
        <Input
          autoFocus
          type="search"
          autoComplete="off"
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Field>
      {found.isPending ? (
        <Skeleton rows={3} />
      ) : failed(found) ? (
        <Failed error={found.error} onRetry={() => void found.refetch()} />
      ) : rows.length === 0 ? (
        <p className="quiet" role="status">
          {t('merging.none')}
        </p>
      ) : (
        <ul className="placing-list">
          {rows.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className="placing-row"
                data-id={row.id}
                aria-disabled={busy}
                onClick={() => !busy && onChoose({ id: row.id, name: row.name })}
              >
                <strong className="truncate" dir="auto">
                  {row.name}
                </strong>
                <span className="quiet small truncate" dir="auto">
                  {[...row.addresses, ...row.applications.map((one) => one.job_title)].join(' · ')}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
