// What is said of pictures that lie on somebody's web server, and the way to have them loaded.
import { EyeOff } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFocusAfter } from '../frame/hooks';
import { Button } from '../ui/button';
import { notifyProblem } from '../ui/notice';

export function RemotePictures({
  remote,
  loadable,
  left,
  known,
  busy,
  tried,
  load,
}: {
  remote: number; // that are not shown, with what is never loaded
  loadable: number; // of these, pictures that could be
  left: number; // that the server would still ask for
  known: boolean; // which of them are here; until then there is room for the words, and none
  busy: boolean;
  tried: boolean; // somebody has just asked for them
  load: (settled: { onError: (error: unknown) => void }) => void;
}) {
  const { t } = useTranslation();
  const words = useRef<HTMLParagraphElement>(null);
  const done = tried && !busy;
  const offers = loadable > 0 && left > 0;
  useFocusAfter(offers || !done, () => words.current);
  if (remote === 0 && !done) return null;
  // One that shows nothing, or a background: there is nothing to ask for, and nothing is missed.
  if (loadable === 0 && !done)
    return (
      <p className="never-loaded small quiet" title={t('message.remote', { count: remote })}>
        <EyeOff size={14} aria-hidden />
        <span className="truncate">{t('message.neverLoaded', { count: remote })}</span>
      </p>
    );
  return (
    <div className="message-note remote" style={known ? undefined : { visibility: 'hidden' }}>
      <p ref={words} role="status" tabIndex={-1}>
        {!done
          ? t('message.remote', { count: remote })
          : loadable > 0
            ? t('message.notLoaded', { count: loadable })
            : t('message.loaded')}
      </p>
      {offers && (
        <Button small busy={busy} onClick={() => load({ onError: notifyProblem })}>
          {t(done ? 'tryAgain' : 'message.loadPictures')}
        </Button>
      )}
    </div>
  );
}
