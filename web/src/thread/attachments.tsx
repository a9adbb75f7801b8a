import { useQuery } from '@tanstack/react-query';
import {
  CalendarDays,
  Download,
  File,
  FileArchive,
  FileImage,
  FileSpreadsheet,
  FileText,
} from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE, type Schemas } from '../api/client';
import { type Format, useFormat } from '../i18n/format';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SHOWABLE } from './body-frame';
import { type Invitation, MOST_CALENDAR, readInvitation } from './invitation';

type Part = Schemas['Attachment'];

function iconOf(type: string) {
  if (type.startsWith('image/')) return FileImage;
  if (type === 'text/calendar') return CalendarDays;
  if (/pdf|word|text|rtf|opendocument\.text/.test(type)) return FileText;
  if (/sheet|excel|csv/.test(type)) return FileSpreadsheet;
  if (/zip|compressed|tar/.test(type)) return FileArchive;
  return File;
}

// "PDF", "DOCX": the ending that people know, else the media type's second half.
function typeName(filename: string, type: string): string {
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

const isCalendar = (part: Part) =>
  part.type === 'text/calendar' || (/\.ics$/i.test(part.filename) && part.type !== 'text/html');

const addressOf = (message: string, part: Part) =>
  `${BASE}/messages/${message}/attachments/${part.index}`;

export function Attachments({ message, parts }: { message: string; parts: Part[] }) {
  const { t } = useTranslation();
  const files = parts.filter((part) => !part.inline);
  const pictures = parts.filter((part) => part.inline && SHOWABLE.test(part.type));
  const list = (some: Part[]) =>
    some.map((part) => (
      <li key={part.index}>
        {isCalendar(part) ? (
          <CalendarChip message={message} part={part} />
        ) : SHOWABLE.test(part.type) ? (
          <PictureChip message={message} part={part} />
        ) : (
          <FileChip message={message} part={part} />
        )}
      </li>
    ));
  return (
    <>
      {files.length > 0 && (
        <ul className="attachments" aria-label={t('attachment.list')}>
          {list(files)}
        </ul>
      )}
      {pictures.length > 0 && (
        <details className="folded-text pictures">
          <summary>{t('attachment.inText', { count: pictures.length })}</summary>
          <ul className="attachments" aria-label={t('attachment.pictures')}>
            {list(pictures)}
          </ul>
        </details>
      )}
    </>
  );
}

function Words({ name, about }: { name: string; about: string }) {
  return (
    <span className="attachment-words">
      <span className="truncate" dir="auto">
        {name}
      </span>
      <span className="quiet tabular truncate">{about}</span>
    </span>
  );
}

function Saved({
  message,
  part,
  name,
  children,
}: {
  message: string;
  part: Part;
  name: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <a
      className="attachment"
      href={addressOf(message, part)}
      download={name}
      title={t('attachment.download', { name })}
    >
      {children}
      <Download size={14} aria-hidden />
    </a>
  );
}

export function FileChip({
  message,
  part,
  when,
}: {
  message: string;
  part: Part;
  when?: string; // it came, where that isn't said beside it
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = iconOf(part.type);
  const name = part.filename || t('attachment.unnamed');
  return (
    <Saved message={message} part={part} name={name}>
      <Icon size={18} aria-hidden />
      <Words name={name} about={[aboutOf(part, format), when].filter(Boolean).join(' · ')} />
    </Saved>
  );
}

const aboutOf = (part: Part, format: Format) =>
  [typeName(part.filename, part.type), format.octets(part.octets)].filter(Boolean).join(' · ');

// "Invitation: Interview with Jane", when it is, instead of a file without a name.
function CalendarChip({ message, part }: { message: string; part: Part }) {
  const { t } = useTranslation();
  const format = useFormat();
  const read = useQuery({
    queryKey: ['calendar', message, part.index],
    queryFn: async ({ signal }): Promise<Invitation | null> => {
      const answer = await fetch(addressOf(message, part), { signal });
      return answer.ok ? (readInvitation(await answer.text()) ?? null) : null;
    },
    enabled: part.octets <= MOST_CALENDAR,
    staleTime: Number.POSITIVE_INFINITY, // a message never changes
  });
  const found = read.data;
  const kind =
    found?.method === 'CANCEL' ? 'cancelled' : found?.method === 'REPLY' ? 'answer' : 'invitation';
  const name = t(`attachment.${kind}`);
  const start = found?.start;
  const when = start && (start.includes('T') ? format.full(start) : format.day(`${start}T12:00`));
  return (
    <Saved message={message} part={part} name={part.filename || `${name}.ics`}>
      <CalendarDays size={18} aria-hidden />
      <Words
        name={found?.summary ? `${name}: ${found.summary}` : name}
        about={when || aboutOf({ ...part, filename: part.filename || 'x.ics' }, format)}
      />
    </Saved>
  );
}

function PictureChip({ message, part }: { message: string; part: Part }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const name = part.filename || t('attachment.picture');
  return (
    <>
      <button
        type="button"
        className="attachment"
        title={t('attachment.open', { name })}
        onClick={() => setOpen(true)}
      >
        <FileImage size={18} aria-hidden />
        <Words name={name} about={aboutOf(part, format)} />
      </button>
      {open && (
        <Dialog open wide onClose={() => setOpen(false)} title={name}>
          <Picture message={message} part={part} name={name} />
          <div className="dialog-foot">
            <Button look="primary" icon={<Download size={16} aria-hidden />} asChild>
              <a href={addressOf(message, part)} download={name}>
                {t('attachment.save')}
              </a>
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Picture({ message, part, name }: { message: string; part: Part; name: string }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    let made = '';
    const load = async () => {
      const answer = await fetch(addressOf(message, part), { signal: abort.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      // The type is ours, from the list of what browsers show: never what the message claims.
      const bytes = new Blob([await answer.arrayBuffer()], { type: part.type.toLowerCase() });
      made = URL.createObjectURL(bytes);
      setAddress(made);
    };
    load().catch(() => !abort.signal.aborted && setFailed(true));
    return () => {
      abort.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [message, part]);
  if (failed) return <p role="alert">{t('attachment.noPicture')}</p>;
  return address ? (
    <img className="attachment-picture" src={address} alt={name} onError={() => setFailed(true)} />
  ) : (
    <p className="quiet">{t('loading')}</p>
  );
}
