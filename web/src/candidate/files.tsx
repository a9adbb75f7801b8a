// What came with a candidate's messages: the CV first, then the newest (M-9).
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { failed, filesQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { isDocument, type Previewed } from '../preview/kind';
import { FileChip } from '../thread/attachments';
import { Button } from '../ui/button';
import { Failed } from '../ui/state';
import '../thread/thread.css';

const AT_FIRST = 4;

// While its card waits for them: what came later would push the rest down. Not where nothing can be asked;
// nor once it has been shown without them, for somebody may be at work in it.
export function useCandidateFiles(candidate: string) {
  const files = useQuery(filesQuery(candidate));
  const shown = useRef<string>(undefined);
  const waits = files.isPending && files.fetchStatus !== 'paused';
  if (!waits) shown.current = candidate;
  return { files, coming: waits && shown.current !== candidate };
}

export function CandidateFiles({
  files,
  heading: Heading,
}: {
  files: UseQueryResult<Schemas['CandidateFiles'], Error>;
  heading: 'h2' | 'h3';
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const rows = useMemo(() => (files.data?.rows ?? []).filter(isDocument), [files.data]);
  const among = useMemo(
    () => rows.map((row): Previewed => ({ message: row.message, part: row })),
    [rows],
  );
  const head = <Heading className="label grow">{t('card.files')}</Heading>;
  if (failed(files))
    return (
      <section>
        {head}
        <Failed error={files.error} onRetry={() => void files.refetch()} />
      </section>
    );
  if (!files.data || rows.length === 0) return null;
  const { more } = files.data;
  const many = rows.length > AT_FIRST;
  // The button stands above the list: nothing moves away from under a finger.
  return (
    <section>
      <div className="row card-files-head">
        {head}
        {many && (
          <Button look="ghost" small aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('card.fewerFiles') : t('card.allFiles', { count: rows.length })}
          </Button>
        )}
      </div>
      <ul className="card-files">
        {(all ? rows : rows.slice(0, AT_FIRST)).map((row, at) => (
          <li key={`${row.message} ${row.index}`}>
            <FileChip among={among} at={at} when={format.listTime(row.date)} />
          </li>
        ))}
      </ul>
      {more && (all || !many) && <p className="small quiet">{t('card.olderFiles')}</p>}
    </section>
  );
}
