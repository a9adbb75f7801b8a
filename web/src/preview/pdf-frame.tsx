// The frame in which a PDF is read (src/reader): an origin of its own, that can't ask this server for
// anything, nor anybody else. It is given the bytes, and says little (protocol.ts).
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toProblem } from '../api/client';
import { useDark } from '../frame/hooks';
import {
  type FrameKey,
  heard,
  type Opening,
  type Reason,
  type ToFrame,
  type Zoom,
} from '../reader/protocol';
import { Failed, Skeleton } from '../ui/state';
import { FrameFocus } from './frame-focus';

const MAY_TAKE = 25_000; // ms, until the first page is known
const BEAT = 1_000; // ms
const MOST_MISSED = 16; // beats in which it doesn't answer
const KEYS_MISSED = 2; // from then on what is pressed in it is lost
const MOST_NEEDS = 300; // files of the reader's own, for one document

let worker: Promise<Blob> | undefined;
const readerFile = async (name: string) => {
  const answer = await fetch(`/reader/${name}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
};
const workerCode = () => {
  worker ??= readerFile('worker.js').then((answer) => answer.blob());
  worker.catch(() => {
    worker = undefined; // asked for again the next time
  });
  return worker;
};

type Told = {
  onPages: (count: number, shown: number) => void;
  onPage: (page: number) => void;
  onKey: (key: FrameKey, shift: boolean) => void;
  onFailed: (why: Reason) => void;
};

function converse(
  port: MessagePort,
  told: () => Told,
  onKey: Told['onKey'],
  onOpened: () => void,
  onSilent: (silent: boolean) => void,
): () => void {
  const say = (words: ToFrame, given: Transferable[] = []) => port.postMessage(words, given);
  let missed = 0;
  let needs = 0;
  const late = setTimeout(() => told().onFailed('slow'), MAY_TAKE);
  const beats = setInterval(() => {
    if (++missed > MOST_MISSED) told().onFailed('slow');
    else say({ kind: 'ping' });
    if (missed >= KEYS_MISSED) onSilent(true);
  }, BEAT);
  const give = async (id: number, name: string) => {
    const answer = needs++ < MOST_NEEDS ? await readerFile(name).catch(() => undefined) : undefined;
    const bytes = (await answer?.arrayBuffer().catch(() => undefined)) ?? null;
    say({ kind: 'given', id, bytes }, bytes ? [bytes] : []);
  };
  port.onmessage = ({ data }) => {
    const said = heard(data);
    if (missed >= KEYS_MISSED) onSilent(false);
    missed = 0;
    switch (said?.kind) {
      case 'opened':
        clearTimeout(late);
        told().onPages(said.pages, said.shown);
        return onOpened();
      case 'page':
        return told().onPage(said.number);
      case 'key':
        return onKey(said.key, said.shift);
      case 'failed':
        return told().onFailed(said.why);
      case 'need':
        return void give(said.id, `${said.folder}/${said.name}`);
    }
  };
  return () => {
    clearTimeout(late);
    clearInterval(beats);
    port.close();
  };
}

// While it is busy with a page that is made to take long, its keys go to what holds it: Escape leaves. (Not to
// what was written before: who went to the file presses them for that.)
export function holdKeys(
  frame: RefObject<HTMLIFrameElement | null>,
  focus: RefObject<FrameFocus | undefined>,
): (silent: boolean) => void {
  let held: HTMLElement | null | undefined;
  return (silent) => {
    if (silent && focus.current?.isMeant()) {
      held = frame.current?.closest<HTMLElement>('.preview');
      held?.focus({ preventScroll: true });
    } else if (!silent) {
      if (held && document.activeElement === held) focus.current?.give();
      held = undefined;
    }
  };
}

const LINE = 40; // px
const END = 10_000_000; // likewise: no file is as long

// What holds the file has nothing to scroll: the keys that would are the file's, which is scrolled once it answers.
export function scrolled({ key, shiftKey }: KeyboardEvent, height: number): number | undefined {
  const page = height * 0.9;
  const by = {
    ArrowDown: LINE,
    ArrowUp: -LINE,
    PageDown: page,
    PageUp: -page,
    ' ': shiftKey ? -page : page,
    End: END,
    Home: -END,
  };
  return Object.hasOwn(by, key) ? by[key as keyof typeof by] : undefined;
}

// What is pressed in a frame that nobody went to wasn't pressed. Nor does a key lead away from what is being
// written: that has the focus again, whatever else is done.
function passKey(focus: FrameFocus | undefined, key: FrameKey): boolean {
  if (!focus?.isMeant() || !document.hasFocus()) return false;
  if (key === 'z' || !focus.wasWriting()) return true;
  focus.giveBack();
  return key !== 'F6';
}

export function PdfFrame({
  bytes,
  name,
  zoom,
  ...rest
}: { bytes: Uint8Array; name: string; zoom: Zoom } & Told) {
  const { t, i18n } = useTranslation();
  const dark = useDark();
  const frame = useRef<HTMLIFrameElement>(null);
  const port = useRef<MessagePort>(undefined);
  const focus = useRef<FrameFocus>(undefined);
  const [opened, setOpened] = useState(false);
  const [error, setError] = useState<unknown>();
  const told = useRef<Told>(rest);
  told.current = rest;
  const first = useRef({ zoom, dark, lang: i18n.language, t });
  first.current = { zoom, dark, lang: i18n.language, t };

  // (Ends before the frame is taken out.)
  useLayoutEffect(() => {
    if (!frame.current) return;
    const guard = new FrameFocus(frame.current, {
      onGreedy: () => told.current.onFailed('broken'),
      onWheel: (left, top) =>
        port.current?.postMessage({ kind: 'scroll', left, top } satisfies ToFrame),
    });
    focus.current = guard;
    return () => guard.end();
  }, []);
  useEffect(() => {
    let end: (() => void) | undefined;
    let begun = false;
    let gone = false;
    const begin = async (window: Window) => {
      const code = await workerCode();
      if (gone) return;
      const channel = new MessageChannel();
      port.current = channel.port1;
      end = converse(
        channel.port1,
        () => told.current,
        (key, shift) => passKey(focus.current, key) && told.current.onKey(key, shift),
        () => setOpened(true),
        holdKeys(frame, focus),
      );
      const now = first.current;
      const copy = bytes.slice().buffer;
      const opening: Opening = {
        kind: 'open',
        bytes: copy,
        worker: code,
        port: channel.port2,
        words: {
          page: now.t('preview.page', { number: '<n>', total: '<t>' }),
          noPage: now.t('preview.noPage'),
        },
        zoom: now.zoom,
        dark: now.dark,
        lang: now.lang,
      };
      // It has no origin to be named; that it is ours has been seen.
      window.postMessage(opening, '*', [copy, channel.port2]);
    };
    const hear = (event: MessageEvent) => {
      const window = frame.current?.contentWindow;
      if (begun || !window || event.source !== window || event.origin !== 'null') return;
      if (event.data?.kind !== 'ready') return;
      begun = true;
      begin(window).catch(() => setError(toProblem(undefined, 0)));
    };
    const never = setTimeout(() => !begun && told.current.onFailed('slow'), MAY_TAKE);
    addEventListener('message', hear);
    return () => {
      gone = true;
      clearTimeout(never);
      removeEventListener('message', hear);
      end?.();
      port.current = undefined;
    };
  }, [bytes]);
  useEffect(() => port.current?.postMessage({ kind: 'zoom', zoom } satisfies ToFrame), [zoom]);
  useEffect(() => port.current?.postMessage({ kind: 'dark', dark } satisfies ToFrame), [dark]);
  useEffect(() => {
    const holder = frame.current?.closest<HTMLElement>('.preview');
    const onKey = (event: KeyboardEvent) => {
      if (event.target !== holder || event.altKey || event.ctrlKey || event.metaKey) return;
      const top = scrolled(event, frame.current?.clientHeight ?? 0);
      if (top === undefined || event.defaultPrevented) return;
      event.preventDefault();
      port.current?.postMessage({ kind: 'scroll', left: 0, top } satisfies ToFrame);
    };
    const over = new AbortController();
    holder?.addEventListener('keydown', onKey, { signal: over.signal });
    return () => over.abort();
  }, []);
  // Whoever waits for it reads on in it: its keys scroll.
  useEffect(() => {
    const at = document.activeElement;
    if (opened && at?.contains(frame.current) && at.matches('.preview, [role=dialog]'))
      focus.current?.give();
  }, [opened]);

  if (error) return <Failed error={error} />;
  return (
    <div className="preview-pages">
      {!opened && <Skeleton rows={4} />}
      <iframe
        ref={frame}
        className={opened ? 'there' : ''}
        src="/reader/reader.html"
        sandbox="allow-scripts"
        title={t('preview.frame', { name })}
      />
    </div>
  );
}
