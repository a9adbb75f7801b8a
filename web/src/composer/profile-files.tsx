// The candidate's own files, to go along with what is written to them (W-9): what came in their
// conversations, the CV first. What lies among colleagues alone isn't offered.
import { useQuery } from '@tanstack/react-query';
import { FileUser } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { problemWords } from '../api/problem';
import { failed, filesQuery } from '../api/queries';
import { useFormat } from '../i18n/format';
import { isDocument } from '../preview/kind';
import { IconButton } from '../ui/button';
import { Menu, MenuCheck, MenuWords } from '../ui/menu';
import type { Upload } from './drafts';
import type { Files } from './files';

const asUpload = ({
  file,
  message,
  index,
  filename,
  type,
  octets,
}: Schemas['CandidateFile']): Upload => ({
  id: file ?? `${message} ${index}`,
  filename,
  type,
  octets,
  lies: file ? { file } : { message: message ?? '', index },
});

export function ProfileFiles({ candidate, files }: { candidate: string; files: Files }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Menu
      open={open}
      onOpenChange={setOpen}
      trigger={
        <IconButton label={t('compose.fromProfile')}>
          <FileUser size={16} aria-hidden />
        </IconButton>
      }
    >
      <Choices candidate={candidate} files={files} />
    </Menu>
  );
}

function Choices({ candidate, files }: { candidate: string; files: Files }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ ...filesQuery(candidate), networkMode: 'always' });
  if (failed(found)) return <MenuWords>{problemWords(found.error).title}</MenuWords>;
  if (!found.data) return <MenuWords>{t('loading')}</MenuWords>;
  const rows = found.data.rows.filter((row) => (row.file || isDocument(row)) && !row.internal);
  if (rows.length === 0) return <MenuWords>{t('compose.noneInProfile')}</MenuWords>;
  return (
    <>
      <MenuWords>{t('compose.fromProfile')}</MenuWords>
      {rows.map((row) => {
        const one = asUpload(row);
        return (
          <MenuCheck
            key={one.id}
            checked={files.uploads.some((chosen) => chosen.id === one.id)}
            onChange={(checked) => (checked ? files.takeAlong(one) : files.remove(one.id))}
          >
            <span className="truncate profile-file" dir="auto">
              {row.filename || t('attachment.unnamed')}
            </span>
            <span className="quiet tabular">{format.octets(row.octets)}</span>
            <span className="quiet tabular">{format.listTime(row.date)}</span>
          </MenuCheck>
        );
      })}
      {found.data.more && <MenuWords>{t('card.olderFiles')}</MenuWords>}
    </>
  );
}
