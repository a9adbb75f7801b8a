// The message body in its own frame. sandbox has no allow-scripts, so nothing in it can run; it
// has allow-same-origin, which without scripts gives the message nothing, but lets the page measure
// the height from outside and show the message's own pictures (blob: addresses of this origin).
// Links open in a new window that knows nothing of this one.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE } from '../api/client';
import { useRemotePictures } from '../api/pictures';
import type { Message } from '../api/queries';
import { useDark } from '../frame/hooks';
import { SHOWABLE } from '../preview/kind';
import { trusted } from '../trusted';
import { Button } from '../ui/button';
import { layOut } from './fitting';
import { RemotePictures } from './remote-pictures';
import { clean, frameDocument } from './sanitize';

// Heights that were measured once: opening a message again doesn't move anything.
const heights = new Map<string, number>();
const tooWide = new Set<string>(); // their ids

// A message takes no more room than this before one asks for all of it; beyond the second bound it
// scrolls within itself: a browser can't paint any height.
const MOST_HEIGHT = 6_000;
const WHOLE_HEIGHT = 60_000;

type Picture = { key: string; address: string; type: string };

const NO_BLOBS: ReadonlyMap<string, string> = new Map();

// Pictures of this message as addresses of this origin, by their keys, as soon as all of them are there.
function useBlobs(wanted: readonly Picture[]) {
  const [found, setFound] = useState({ blobs: NO_BLOBS, of: wanted });
  useEffect(() => {
    const made: string[] = [];
    const abort = new AbortController();
    // One that doesn't come keeps no other.
    void Promise.allSettled(
      wanted.map(async ({ key, address, type }) => {
        const answer = await fetch(address, { signal: abort.signal });
        if (!answer.ok) return undefined;
        const octets = await answer.arrayBuffer();
        if (abort.signal.aborted) return undefined;
        // The type is ours: never what the message claims it to be.
        const blob = URL.createObjectURL(new Blob([octets], { type }));
        made.push(blob);
        return [key, blob] as const;
      }),
    ).then((entries) => {
      if (abort.signal.aborted) return;
      const blobs = new Map(
        entries.flatMap((entry) =>
          entry.status === 'fulfilled' && entry.value ? [entry.value] : [],
        ),
      );
      setFound((last) => ({
        blobs: blobs.size + last.blobs.size > 0 ? blobs : last.blobs,
        of: wanted,
      }));
    });
    return () => {
      abort.abort();
      for (const blob of made) URL.revokeObjectURL(blob);
    };
  }, [wanted]);
  return { blobs: found.blobs, settled: found.of === wanted };
}

// Those that the message carries.
function useOwnPictures(message: Message, contentIds: readonly string[]) {
  const key = contentIds.join('\n');
  const wanted = useMemo(() => {
    const ids = key.split('\n');
    return message.attachments
      .filter((part) => ids.includes(part.content_id) && SHOWABLE.test(part.type))
      .map((part) => ({
        key: part.content_id,
        address: `${BASE}/messages/${message.id}/attachments/${part.index}`,
        type: part.type.toLowerCase(),
      }));
  }, [message.id, message.attachments, key]);
  return useBlobs(wanted).blobs;
}

// Those that lie on somebody's web server, once they were loaded from there, and the way to do it.
function useLoadedPictures(message: Message, any: boolean) {
  const { rows, left, known, load } = useRemotePictures(message.id, any);
  const wanted = useMemo(
    () =>
      rows.map(({ id, address, type }) => ({
        key: address,
        address: `${BASE}/messages/${message.id}/pictures/${id}`,
        type,
      })),
    [message.id, rows],
  );
  const { blobs, settled } = useBlobs(wanted);
  return {
    loaded: blobs,
    left,
    known,
    busy: load.isPending || !settled,
    tried: load.isSuccess,
    load: (settled: { onError: (error: unknown) => void }) => load.mutate(undefined, settled),
  };
}

export function BodyFrame({ message, html }: { message: Message; html: string }) {
  const { t, i18n } = useTranslation();
  const dark = useDark();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(heights.get(message.id));
  const [whole, setWhole] = useState(false);
  const [wide, setWide] = useState(tooWide.has(message.id));
  const [actual, setActual] = useState(false);
  const wanted = useRef(actual);
  wanted.current = actual;
  const again = useRef<() => void>(undefined);

  const words = useMemo(
    () => ({
      quoted: t('message.showQuoted'),
      goesTo: (host: string) => t('message.goesTo', { host }),
      subject: message.subject,
    }),
    [t, message.subject],
  );
  const first = useMemo(() => clean(html, { words }), [html, words]);
  const pictures = useOwnPictures(message, first.contentIds);
  const { loaded, left, known, busy, tried, load } = useLoadedPictures(message, first.loadable > 0);
  const body = useMemo(
    () => (pictures.size + loaded.size > 0 ? clean(html, { words, pictures, loaded }) : first),
    [html, words, pictures, loaded, first],
  );
  const document = useMemo(
    () => frameDocument(body, { dark, lang: i18n.language }),
    [body, dark, i18n.language],
  );

  useLayoutEffect(() => {
    // Not by React: it would make a plain string of what the browser has to see as trusted.
    if (frame.current) frame.current.srcdoc = trusted(document);
  }, [document]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    let observer: ResizeObserver | undefined;
    let listening = new AbortController();
    const stop = () => {
      observer?.disconnect();
      listening.abort();
    };
    const start = () => {
      stop();
      listening = new AbortController();
      const { signal } = listening;
      const inside = element.contentDocument;
      // Until the mail is there the frame holds an empty page, whose size says nothing.
      if (inside?.URL !== 'about:srcdoc' || inside.readyState !== 'complete') return;
      const measure = () => {
        const laid = layOut(inside, wanted.current);
        if (laid.wide) tooWide.add(message.id);
        else tooWide.delete(message.id);
        setWide(laid.wide);
        heights.set(message.id, laid.height);
        setHeight(laid.height);
      };
      measure();
      again.current = measure;
      observer = new ResizeObserver(measure);
      observer.observe(inside.body);
      // A fold in a box that keeps its size changes the size of nothing else.
      inside.addEventListener('toggle', measure, { capture: true, signal });
      // Keys pressed inside work as outside.
      const pass = ({ key, ctrlKey, metaKey }: KeyboardEvent) =>
        window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, metaKey }));
      inside.addEventListener('keydown', pass, { signal });
    };
    element.addEventListener('load', start);
    start();
    return () => {
      element.removeEventListener('load', start);
      stop();
    };
  }, [message.id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: that it is another size is the point
  useLayoutEffect(() => again.current?.(), [actual]);

  return (
    <>
      {wide && (
        <Button look="ghost" small className="message-size" onClick={() => setActual(!actual)}>
          {t(actual ? 'message.fitted' : 'message.actualSize')}
        </Button>
      )}
      <RemotePictures
        remote={body.remote}
        loadable={body.loadable}
        left={left ?? body.loadable}
        known={(known && (tried || !busy)) || body.loadable === 0}
        busy={busy}
        tried={tried}
        load={load}
      />
      <iframe
        ref={frame}
        className={`message-frame${height === undefined ? ' laying' : ''}`}
        title={t('message.frame')}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        style={{ height: Math.min(height ?? 120, whole ? WHOLE_HEIGHT : MOST_HEIGHT) }}
      />
      {height !== undefined && height > MOST_HEIGHT && !whole && (
        <Button
          small
          className="show-all"
          onClick={() => {
            setWhole(true);
            frame.current?.contentDocument?.documentElement.classList.add('whole');
          }}
        >
          {t('message.showAll')}
        </Button>
      )}
      {body.cut && <p className="message-note">{t('message.cut')}</p>}
    </>
  );
}
