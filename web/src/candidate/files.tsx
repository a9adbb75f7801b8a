// What came with a candidate's messages: the CV first, then the newest (M-9).
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { useFormat } from '../i18n/format';
import { FileChip } from '../thread/attachments';
import { Button } from '../ui/button';
import '../thread/thread.css';

const AT_FIRST = 4;

export function CandidateFiles({
  files,
  heading: Heading,
}: {
  files: Schemas['CandidateFiles'] | undefined; // missing where they couldn't be asked for
  heading: 'h2' | 'h3';
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  if (!files || files.rows.length === 0) return null;
  const { rows, more } = files;
  return (
    <section>
      <Heading className="label">{t('card.files')}</Heading>
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
      {more && (all || rows.length <= AT_FIRST) && (
        <p className="small quiet">{t('card.olderFiles')}</p>
      )}
    </section>
  );
}
