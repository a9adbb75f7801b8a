// The pictures of a message, one at a time.
import { ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE, type Schemas } from '../api/client';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';

type Part = Schemas['Attachment'];

export const addressOf = (message: string, part: Part) =>
  `${BASE}/messages/${message}/attachments/${part.index}`;

export function Pictures({
  message,
  pictures,
  opened,
  onOpen,
  onClose,
}: {
  message: string;
  pictures: Part[];
  opened: number; // the index of a part
  onOpen: (index: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const at = pictures.findIndex((part) => part.index === opened);
  const part = pictures[at];
  if (!part) return null;
  const count = pictures.length;
  const name = part.filename || t('attachment.picture');
  // Behind the last one comes the first.
  const go = (by: number) => onOpen(pictures[(at + by + count) % count]!.index);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={name}
      onKeyDown={(event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || count < 2) return;
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        go(event.key === 'ArrowLeft' ? -1 : 1);
      }}
    >
      <div className="picture-stage">
        <Picture key={part.index} message={message} part={part} name={name} />
      </div>
      <div className="dialog-foot">
        {count > 1 && (
          <>
            <IconButton label={t('attachment.previous')} onClick={() => go(-1)}>
              <ChevronLeft size={18} aria-hidden />
            </IconButton>
            <span className="quiet tabular picture-place" role="status">
              {t('attachment.place', { number: at + 1, count })}
            </span>
            <IconButton label={t('attachment.next')} onClick={() => go(1)}>
              <ChevronRight size={18} aria-hidden />
            </IconButton>
            <span className="grow" />
          </>
        )}
        <Button look="primary" asChild>
          <a href={addressOf(message, part)} download={name}>
            <Download size={16} aria-hidden />
            {t('attachment.save')}
          </a>
        </Button>
      </div>
    </Dialog>
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
