// One file of several, as it looks. It is read where it lies: nothing of it becomes part of the page.
import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, toProblem } from '../api/client';
import { useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import type { FrameKey, Reason, Zoom } from '../reader/protocol';
import { signedInAgain } from '../setup/again';
import { Button, IconButton } from '../ui/button';
import { Banner, Failed, Skeleton } from '../ui/state';
import {
  addressOf,
  isPdf,
  kindOf,
  MOST_OCTETS,
  MOST_PIXELS,
  type Picture,
  type Previewed,
  pictureOf,
  typeName,
} from './kind';
import { PdfFrame } from './pdf-frame';

type Pages = { count: number; shown: number };

export function Preview({
  files,
  at,
  asked,
  beside,
  onGo,
  onClose,
}: {
  files: readonly Previewed[];
  at: number;
  asked: number; // changes when somebody asks for a file, and goes there
  beside?: boolean; // it stands alone, not in a dialog that has a head already
  onGo: (at: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const region = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState<Zoom>('fit');
  const file = files[at];
  const key = file && `${file.message} ${file.part.index}`;
  useEffect(() => {
    if (asked > 0) region.current?.focus({ preventScroll: true });
  }, [asked]);
  // What had the focus has gone with the file before.
  const before = useRef(key);
  useEffect(() => {
    if (before.current === key) return;
    before.current = key;
    const at = document.activeElement;
    if (at === document.body || (at?.matches('[role=dialog]') && at.contains(region.current)))
      region.current?.focus({ preventScroll: true });
  }, [key]);

  // Behind the last one comes the first.
  const go = (by: number) => files.length > 1 && onGo((at + by + files.length) % files.length);
  const press = (pressed: string): boolean => {
    if (pressed === 'ArrowLeft' || pressed === 'ArrowRight')
      return files.length > 1 && (go(pressed === 'ArrowLeft' ? -1 : 1), true);
    if (pressed === 'z') setZoom(zoom === 'fit' ? 'actual' : 'fit');
    else if (pressed === 'Escape') onClose();
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.defaultPrevented || event.repeat || alongPicture(event)) return;
    if (press(event.key)) event.preventDefault();
  };
  const onFrameKey = (pressed: FrameKey, shiftKey: boolean) => {
    if (pressed !== 'F6') press(pressed);
    else window.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'F6', shiftKey }));
  };
  const [pages, setPages] = useState<Pages & { of: string }>();
  const [page, setPage] = useState(1);
  const onPages = useCallback(
    (count: number, shown: number) => {
      setPage(1);
      setPages({ of: key ?? '', count, shown });
    },
    [key],
  );
  if (!file) return null;
  const name = file.part.filename || t('attachment.unnamed');
  const paged = pages?.of === key ? pages : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: keys of what stands in it
    <section ref={region} className="preview" aria-label={name} tabIndex={-1} onKeyDown={onKeyDown}>
      {beside && (
        <header className="preview-head">
          <h2 className="truncate grow" dir="auto" title={name}>
            {name}
          </h2>
          <IconButton label={t('close')} shortcut="Escape" onClick={onClose}>
            <X size={18} aria-hidden />
          </IconButton>
        </header>
      )}
      <div className="preview-bar">
        {files.length > 1 && (
          <>
            <IconButton label={t('preview.previous')} shortcut="ArrowLeft" onClick={() => go(-1)}>
              <ChevronLeft size={18} aria-hidden />
            </IconButton>
            <span className="quiet small tabular" role="status">
              {t('attachment.place', { number: at + 1, count: files.length })}
            </span>
            <IconButton label={t('preview.next')} shortcut="ArrowRight" onClick={() => go(1)}>
              <ChevronRight size={18} aria-hidden />
            </IconButton>
          </>
        )}
        <span className="grow" />
        {paged && <PageNumber page={page} pages={paged} />}
        {(paged || kindOf(file.part) === 'picture') && (
          <IconButton
            label={t(zoom === 'fit' ? 'preview.actual' : 'preview.fit')}
            shortcut="z"
            onClick={() => setZoom(zoom === 'fit' ? 'actual' : 'fit')}
          >
            {zoom === 'fit' ? <ZoomIn size={18} aria-hidden /> : <ZoomOut size={18} aria-hidden />}
          </IconButton>
        )}
        <Button look="ghost" className="icon" asChild>
          <a
            href={addressOf(file)}
            download={file.part.filename || true}
            aria-label={t('attachment.download', { name })}
            title={t('attachment.download', { name })}
          >
            <Download size={18} aria-hidden />
          </a>
        </Button>
      </div>
      {paged && paged.shown < paged.count && <CutNote pages={paged} />}
      <File
        key={key}
        file={file}
        name={name}
        zoom={zoom}
        onPages={onPages}
        onPage={setPage}
        onKey={onFrameKey}
      />
    </section>
  );
}

// A picture at its actual size is gone along with the arrows.
function alongPicture({ target, key }: KeyboardEvent): boolean {
  return (
    key.startsWith('Arrow') &&
    target instanceof HTMLElement &&
    target.matches('.preview-picture') &&
    target.scrollWidth > target.clientWidth
  );
}

function PageNumber({ page, pages }: { page: number; pages: Pages }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = { number: format.number(page), total: format.number(pages.count) };
  return (
    <span className="quiet small tabular">
      <span aria-hidden>{t('preview.pageShort', said)}</span>
      <span className="sr">{t('preview.page', said)}</span>
    </span>
  );
}

function CutNote({ pages }: { pages: Pages }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className="preview-note small quiet">
      {t('preview.cut', {
        shown: format.number(pages.shown),
        total: format.number(pages.count),
      })}
    </p>
  );
}

type Bytes =
  | { state: 'loading' }
  | { state: 'there'; bytes: Uint8Array }
  | { state: 'failed'; error: unknown };

function useBytes(file: Previewed, wanted: boolean): [Bytes, () => void] {
  const [found, setFound] = useState<Bytes>({ state: 'loading' });
  const [asked, setAsked] = useState(0);
  const user = useMe()?.user.id;
  const address = addressOf(file);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again
  useEffect(() => {
    if (!wanted) return;
    const abort = new AbortController();
    setFound({ state: 'loading' });
    const load = async () => {
      let answer: Response;
      try {
        answer = await fetch(address, { signal: abort.signal });
      } catch {
        throw toProblem(undefined, 0);
      }
      if (!answer.ok) throw toProblem(await answer.json().catch(() => undefined), answer.status);
      return new Uint8Array(await answer.arrayBuffer());
    };
    load()
      .then((bytes) => !abort.signal.aborted && setFound({ state: 'there', bytes }))
      .catch(async (error) => {
        if (abort.signal.aborted) return;
        setFound({ state: 'failed', error });
        const signedOut = error instanceof ProblemError && error.status === 401;
        if (signedOut && (await signedInAgain(user)) && !abort.signal.aborted) setAsked(asked + 1);
      });
    return () => abort.abort();
  }, [address, wanted, asked]);
  return [found, () => setAsked(asked + 1)];
}

function File({
  file,
  name,
  zoom,
  onPages,
  onPage,
  onKey,
}: {
  file: Previewed;
  name: string;
  zoom: Zoom;
  onPages: (count: number, shown: number) => void;
  onPage: (page: number) => void;
  onKey: (key: FrameKey, shift: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { part } = file;
  const kind = kindOf(part);
  const large = part.octets > MOST_OCTETS;
  const [found, again] = useBytes(file, kind !== 'other' && !large);
  const [why, setWhy] = useState<Reason>();
  const sorry = (words: string) => <Sorry words={words} file={file} name={name} />;
  if (kind === 'other') {
    const type = typeName(part.filename, part.type);
    return sorry(type ? t('preview.other', { type }) : t('preview.unknown'));
  }
  if (large)
    return sorry(
      t('preview.tooLarge', { size: format.octets(part.octets), most: format.octets(MOST_OCTETS) }),
    );
  if (found.state === 'loading') return <Skeleton rows={4} />;
  if (found.state === 'failed') return <Failed error={found.error} onRetry={again} />;
  if (why) return sorry(t(`preview.${why}`));
  if (isPdf(found.bytes))
    return (
      <PdfFrame
        bytes={found.bytes}
        name={name}
        zoom={zoom}
        onPages={onPages}
        onPage={onPage}
        onKey={onKey}
        onFailed={setWhy}
      />
    );
  const picture = pictureOf(found.bytes);
  if (picture && picture.width * picture.height > MOST_PIXELS)
    return sorry(
      t('preview.tooWide', {
        width: format.number(picture.width),
        height: format.number(picture.height),
      }),
    );
  if (picture)
    return (
      <PictureStage file={file} bytes={found.bytes} picture={picture} name={name} zoom={zoom} />
    );
  return sorry(t(kind === 'pdf' ? 'preview.broken' : 'attachment.noPicture'));
}

function PictureStage({
  file,
  bytes,
  picture,
  name,
  zoom,
}: {
  file: Previewed;
  bytes: Uint8Array;
  picture: Picture;
  name: string;
  zoom: Zoom;
}) {
  const { t } = useTranslation();
  const [address, setAddress] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    // The type is ours, by its first bytes: never what the message claims.
    const made = URL.createObjectURL(
      new Blob([bytes as Uint8Array<ArrayBuffer>], { type: picture.type }),
    );
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, picture.type]);
  if (failed) return <Sorry words={t('attachment.noPicture')} file={file} name={name} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
    <div className={`preview-picture ${zoom}`} tabIndex={0}>
      {address && <img src={address} alt={name} onError={() => setFailed(true)} />}
    </div>
  );
}

function Sorry({ words, file, name }: { words: string; file: Previewed; name: string }) {
  const { t } = useTranslation();
  return (
    <div className="preview-sorry">
      <Banner
        role="status"
        actions={
          <Button small asChild>
            <a href={addressOf(file)} download={file.part.filename || true}>
              <Download size={16} aria-hidden />
              {t('preview.download', { name })}
            </a>
          </Button>
        }
      >
        {words}
      </Banner>
    </div>
  );
}
