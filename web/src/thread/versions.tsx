// A gateway writes a message anew for each mailbox; its versions are one row here, of which one is
// shown (S-11). Whoever repeats a header with other words comes into the row as well: so it always
// says how many versions there are, and each is one step away (SYNC-7).
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Message, mailboxesQuery } from '../api/queries';
import { Button } from '../ui/button';

export type Row = { id: string; versions: Message[] };

// In their order; a row stands where the first of its versions does. It keeps its name when an older
// page brings the message that the others are versions of.
export function rowsOf(messages: readonly Message[]): Row[] {
  const rows = new Map<string, Row>();
  for (const message of messages) {
    const id = message.version_of ?? message.id;
    const row = rows.get(id) ?? { id, versions: [] };
    rows.set(id, row);
    if (message.id === id) row.versions.unshift(message);
    else row.versions.push(message);
  }
  return [...rows.values()];
}

export const waits = (message: Message) =>
  message.outbox?.state === 'uncertain' || message.outbox?.state === 'failed';

// The one that was picked; else the one that waits for a decision, the one that I received (its links
// are mine), the first.
export function shownOf(row: Row, picked: ReadonlyMap<string, string>): Message {
  const { versions } = row;
  return (
    versions.find((one) => one.id === picked.get(row.id)) ??
    versions.find(waits) ??
    versions.find((one) => one.version_in.length > 0) ??
    versions[0]!
  );
}

// Of a row, whatever is older than the newest page says of it: that may have been fetched before the
// others came.
export const countOf = (message: Message, versions: readonly Message[] = [message]): number =>
  Math.max(...versions.map((one) => one.versions), message.versions, versions.length);

export function VersionSwitch({
  message,
  versions,
  onPick,
}: {
  message: Message;
  versions: readonly Message[];
  onPick: (id: string) => void;
}) {
  const { t } = useTranslation();
  const mailboxes = useQuery(mailboxesQuery);
  const at = versions.indexOf(message);
  const next = (at + 1) % versions.length;
  const mine = mailboxes.data?.find((box) => message.version_in.includes(box.id));
  const count = countOf(message, versions);
  const words = { number: at + 1, count };
  return (
    <div className="message-versions">
      <span role="status">
        {versions.length < count
          ? t('message.versionOlder', { count })
          : mine
            ? t('message.versionMine', { ...words, mailbox: mine.address })
            : t(message.version_in.length > 0 ? 'message.version' : 'message.versionOthers', words)}
      </span>
      {versions.length > 1 && (
        <Button look="ghost" onClick={() => onPick(versions[next]!.id)}>
          {t('message.versionShow', { number: next + 1 })}
        </Button>
      )}
    </div>
  );
}
