import { useQueries, useQuery } from '@tanstack/react-query';
import {
  CalendarDays,
  Download,
  File,
  FileArchive,
  FileImage,
  FileSpreadsheet,
  FileText,
} from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE } from '../api/client';
import { type Format, useFormat } from '../i18n/format';
import {
  addressOf,
  isCalendar,
  kindOf,
  type Part,
  type Previewed,
  SHOWABLE,
  typeName,
} from '../preview/kind';
import { useOpenFile } from '../preview/place';
import { Button } from '../ui/button';
import { type Invitation, MOST_CALENDAR, readInvitation } from './invitation';

function iconOf(type: string) {
  if (type.startsWith('image/')) return FileImage;
  if (type === 'text/calendar') return CalendarDays;
  if (/pdf|word|text|rtf|opendocument\.text/.test(type)) return FileText;
  if (/sheet|excel|csv/.test(type)) return FileSpreadsheet;
  if (/zip|compressed|tar/.test(type)) return FileArchive;
  return File;
}

// What is shown at once of many: three rows of two.
const FEW = 6;

export function Attachments({ message, parts }: { message: string; parts: Part[] }) {
  const { t } = useTranslation();
  const id = useId();
  const [all, setAll] = useState(false);
  const repeated = useRepeated(message, parts);
  const files = parts.filter((part) => !part.inline && !repeated.has(part));
  const inText = parts.filter((part) => part.inline && SHOWABLE.test(part.type));
  // One after the other as they stand there; an invitation is read in its chip.
  const looked = [...files.filter((part) => !isCalendar(part)), ...inText].map(
    (part): Previewed => ({ message, part }),
  );
  const list = (some: Part[]) =>
    some.map((part) => (
      <li key={part.index} className={isCalendar(part) ? 'invitation' : undefined}>
        {isCalendar(part) ? (
          <CalendarChip message={message} part={part} />
        ) : (
          <FileChip among={looked} at={looked.findIndex((one) => one.part === part)} />
        )}
      </li>
    ));
  return (
    <>
      {files.length > 0 && (
        <div className="files">
          {files.length > 1 && (
            <FilesHead message={message} files={files} list={id} all={all} onAll={setAll} />
          )}
          <ul className="attachments" id={id} aria-label={t('attachment.list')}>
            {list(all ? files : files.slice(0, FEW))}
          </ul>
        </div>
      )}
      {inText.length > 0 && (
        <details className="folded-text pictures">
          <summary>{t('attachment.inText', { count: inText.length })}</summary>
          <ul className="attachments" aria-label={t('attachment.pictures')}>
            {list(inText)}
          </ul>
        </details>
      )}
    </>
  );
}

// Above the files, so that what it brings stands behind it: nothing moves away from under a finger,
// and the next Tab is in the list.
function FilesHead({
  message,
  files,
  list,
  all,
  onAll,
}: {
  message: string;
  files: Part[];
  list: string;
  all: boolean;
  onAll: (all: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const octets = format.octets(files.reduce((sum, part) => sum + part.octets, 0));
  return (
    <div className="files-head">
      <span className="quiet tabular">
        {t('attachment.files', { count: files.length })} · {octets}
      </span>
      <div className="files-actions">
        {files.length > FEW && (
          <Button
            look="ghost"
            small
            aria-expanded={all}
            aria-controls={list}
            onClick={() => onAll(!all)}
          >
            {all ? t('attachment.few') : t('attachment.all', { count: files.length })}
          </Button>
        )}
        <Button look="ghost" small asChild>
          <a href={`${BASE}/messages/${message}/attachments.zip`} download>
            <Download size={14} aria-hidden />
            {t('attachment.downloadAll')}
          </a>
        </Button>
      </div>
    </div>
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

function Saved({ file, name, children }: { file: Previewed; name: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <a
      className="attachment"
      href={addressOf(file)}
      download={name}
      title={t('attachment.download', { name })}
    >
      {children}
      <Download size={14} aria-hidden />
    </a>
  );
}

// What can be looked at opens; everything else is saved at once.
export function FileChip({
  among,
  at,
  when,
}: {
  among: readonly Previewed[]; // it stands
  at: number;
  when?: string; // it came, where that isn't said beside it
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = useOpenFile();
  const file = among[at]!;
  const { part } = file;
  const kind = kindOf(part);
  const Icon = kind === 'picture' ? FileImage : iconOf(part.type);
  const name = part.filename || t(kind === 'picture' ? 'attachment.picture' : 'attachment.unnamed');
  const words = (
    <>
      <Icon size={18} aria-hidden />
      <Words name={name} about={[aboutOf(part, format), when].filter(Boolean).join(' · ')} />
    </>
  );
  if (kind === 'other' || !open)
    return (
      <Saved file={file} name={name}>
        {words}
      </Saved>
    );
  return (
    <button
      type="button"
      className="attachment"
      data-file={addressOf(file)} // by which it has the focus again, made anew
      title={t('attachment.open', { name })}
      onClick={() => open(among, at)}
    >
      {words}
    </button>
  );
}

const aboutOf = (part: Part, format: Format) =>
  [typeName(part.filename, part.type), format.octets(part.octets)].filter(Boolean).join(' · ');

const calendarQuery = (message: string, part: Part) => ({
  queryKey: ['calendar', message, part.index],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Invitation | null> => {
    const answer = await fetch(addressOf({ message, part }), { signal });
    return answer.ok ? (readInvitation(await answer.text()) ?? null) : null;
  },
  enabled: part.octets <= MOST_CALENDAR,
  staleTime: Number.POSITIVE_INFINITY, // a message never changes
});

// An invitation comes twice in one mail: as what calendars read, and as a file. It is shown once. Until they
// are read, what is as long as another is taken for the same: what is there then seldom comes or goes.
function useRepeated(message: string, parts: Part[]): ReadonlySet<Part> {
  const calendars = parts.filter((part) => !part.inline && isCalendar(part)).slice(0, FEW);
  const read = useQueries({ queries: calendars.map((part) => calendarQuery(message, part)) });
  const seen = new Set<string>();
  const again = calendars.filter((part, at) => {
    const { data, isFetching } = read[at]!;
    if (!data)
      return isFetching && calendars.slice(0, at).some(({ octets }) => octets === part.octets);
    const what = `${data.method} ${data.uid || data.summary} ${data.start}`;
    return seen.size === seen.add(what).size;
  });
  return new Set(again);
}

// "Invitation: Interview with Jane", when, where and with whom, instead of a file without a name.
function CalendarChip({ message, part }: { message: string; part: Part }) {
  const { t } = useTranslation();
  const format = useFormat();
  const read = useQuery(calendarQuery(message, part));
  const found = read.data;
  const kind =
    found?.method === 'CANCEL' ? 'cancelled' : found?.method === 'REPLY' ? 'answer' : 'invitation';
  const name = t(`attachment.${kind}`);
  return (
    <Saved file={{ message, part }} name={part.filename || `${name}.ics`}>
      <CalendarDays size={18} aria-hidden />
      <span className="attachment-words">
        <span dir="auto">
          {found?.summary ? t('attachment.about', { what: name, summary: found.summary }) : name}
        </span>
        {found?.start ? (
          <Appointment found={found} />
        ) : (
          <span className="quiet tabular truncate">
            {aboutOf({ ...part, filename: part.filename || 'x.ics' }, format)}
          </span>
        )}
      </span>
    </Saved>
  );
}

function Appointment({ found }: { found: Invitation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, address } = found.organizer;
  const who = name && address ? `${name} (${address})` : name || address;
  return (
    <>
      <span className="quiet tabular">
        {format.appointment(found.start, found.end)}
        {found.zone && <bdi> ({found.zone})</bdi>}
      </span>
      {found.location && (
        <span className="quiet" dir="auto">
          {found.location}
        </span>
      )}
      {who && (
        <span className="quiet">
          <bdi>{who}</bdi>
          {found.invited > 0 && ` · ${t('attachment.invited', { count: found.invited })}`}
        </span>
      )}
    </>
  );
}
