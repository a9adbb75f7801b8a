// What came with a candidate's messages: the CV first, then the newest (M-9).
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { useFormat } from '../i18n/format';
import { FileChip } from '../thread/attachments';
import { Button } from '../ui/button';
import '../thread/thread.css';

const AT_FIRST = 4;

export function CandidateFiles({ files }: { files: Schemas['CandidateFiles'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const { rows, more } = files;
  return (
    <>
      <ul className="card-files">
        {(all ? rows : rows.slice(0, AT_FIRST)).map((row) => (
          <li key={`${row.message} ${row.index}`}>
            <FileChip message={row.message} part={row} when={format.listTime(row.date)} />
          </li>
        ))}
      </ul>
      {rows.length > AT_FIRST && (
        <Button look="ghost" small aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('card.fewerFiles') : t('card.allFiles', { count: rows.length })}
        </Button>
      )}
      {more && all && <p className="small quiet">{t('card.olderFiles')}</p>}
    </>
  );
}
