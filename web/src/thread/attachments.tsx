import { Download, File, FileArchive, FileImage, FileSpreadsheet, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { BASE, type Schemas } from '../api/client';
import { useFormat } from '../i18n/format';

function iconOf(type: string) {
  if (type.startsWith('image/')) return FileImage;
  if (/pdf|word|text|rtf|opendocument\.text/.test(type)) return FileText;
  if (/sheet|excel|csv/.test(type)) return FileSpreadsheet;
  if (/zip|compressed|tar/.test(type)) return FileArchive;
  return File;
}

// "PDF", "DOCX": the ending that people know, else the media type's second half.
export function typeName(filename: string, type: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1];
  return (
    ending ??
    type
      .split('/')
      .at(-1)
      ?.replace(/^x-|^vnd\.\S+/, '') ??
    ''
  ).toUpperCase();
}

export function Attachments({
  message,
  parts,
}: {
  message: string;
  parts: Schemas['Attachment'][];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = parts.filter((part) => !part.inline);
  if (shown.length === 0) return null;
  return (
    <ul className="attachments" aria-label={t('attachment.list')}>
      {shown.map((part) => {
        const Icon = iconOf(part.type);
        const name = part.filename || t('attachment.unnamed');
        return (
          <li key={part.index}>
            <a
              className="attachment"
              href={`${BASE}/messages/${message}/attachments/${part.index}`}
              download={name}
              title={t('attachment.download', { name })}
            >
              <Icon size={18} aria-hidden />
              <span className="attachment-words">
                <span className="truncate" dir="auto">
                  {name}
                </span>
                <span className="quiet tabular">
                  {[typeName(part.filename, part.type), format.octets(part.octets)]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <Download size={14} aria-hidden />
            </a>
          </li>
        );
      })}
    </ul>
  );
}
