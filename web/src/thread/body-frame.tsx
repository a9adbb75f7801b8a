// The message body in its own frame. sandbox has no allow-scripts, so nothing in it can run; it
// has allow-same-origin, which without scripts gives the message nothing, but lets the page measure
// the height from outside and show the message's own pictures (blob: addresses of this origin).
// Links open in a new window that knows nothing of this one.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE } from '../api/client';
import type { Message } from '../api/queries';
import { useDark } from '../frame/hooks';
import { SHOWABLE } from '../preview/kind';
import { trusted } from '../trusted';
import { Button } from '../ui/button';
import { layOut } from './fitting';
import { clean, frameDocument } from './sanitize';

// Heights that were measured once: opening a message again doesn't move anything.
const heights = new Map<string, number>();
const tooWide = new Set<string>(); // their ids

// A message takes no more room than this before one asks for all of it; beyond the second bound it
// scrolls within itself: a browser can't paint any height.
const MOST_HEIGHT = 6_000;
const WHOLE_HEIGHT = 60_000;

function usePictures(message: Message, wanted: readonly string[]): ReadonlyMap<string, string> {
  const [pictures, setPictures] = useState<ReadonlyMap<string, string>>(new Map());
  const key = wanted.join('\n');
  useEffect(() => {
    const made: string[] = [];
    const abort = new AbortController();
    const parts = message.attachments.filter(
      (part) => key.split('\n').includes(part.content_id) && SHOWABLE.test(part.type),
    );
    void Promise.all(
      parts.map(async (part) => {
        const answer = await fetch(`${BASE}/messages/${message.id}/attachments/${part.index}`, {
          signal: abort.signal,
        });
        if (!answer.ok) return undefined;
        // The type is ours, from the list above: never what the message claims it to be.
        const address = URL.createObjectURL(
          new Blob([await answer.arrayBuffer()], { type: part.type.toLowerCase() }),
        );
        made.push(address);
        return [part.content_id, address] as const;
      }),
    )
      .then((entries) => {
        if (abort.signal.aborted) return;
        const found = entries.filter((entry) => entry !== undefined);
        if (found.length > 0) setPictures(new Map(found));
      })
      .catch(() => {});
    return () => {
      abort.abort();
      for (const address of made) URL.revokeObjectURL(address);
    };
  }, [message.id, message.attachments, key]);
  return pictures;
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
    }),
    [t],
  );
  const first = useMemo(() => clean(html, { words }), [html, words]);
  const pictures = usePictures(message, first.contentIds);
  const body = useMemo(
    () => (pictures.size > 0 ? clean(html, { words, pictures }) : first),
    [html, words, pictures, first],
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
      {body.remote > 0 && (
        <p className="message-note">{t('message.remote', { count: body.remote })}</p>
      )}
      <iframe
        ref={frame}
        className="message-frame"
        title={t('message.frame')}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        style={{
          height: Math.min(height ?? 120, whole ? WHOLE_HEIGHT : MOST_HEIGHT),
          visibility: height === undefined ? 'hidden' : 'visible',
        }}
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
