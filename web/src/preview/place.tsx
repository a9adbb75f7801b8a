// Where files are looked at: beside what is being read where there is room for it, in place of the
// candidate's card (which of the two is the reader's to say, and this browser remembers it); else over it.
// From 1920 px on nothing else gives way; below, the rail and the list are narrower for as long as that is
// the choice, whoever is read and wherever (frame.css): going along the list moves neither.
import { useQuery } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { filesQuery } from '../api/queries';
import { useMedia, WIDE } from '../frame/hooks';
import { BESIDE } from '../frame/panes';
import { isCovered, isWriting } from '../frame/shortcuts';
import { remember } from '../remembered';
import { Dialog } from '../ui/dialog';
import { ahead, part } from '../ui/part';
import { Skeleton } from '../ui/state';
import { fileOf, kindOf, type Previewed } from './kind';
import './preview.css';

const Preview = part(() => import('./preview'), 'Preview', { waiting: <Skeleton rows={4} /> });

const ROOMY = '(min-width: 1280px)';

type Side = 'card' | 'file';
const { dataset } = document.documentElement;

type Open = (files: readonly Previewed[], at: number) => void;

const Opens = createContext<Open | undefined>(undefined);

// None: files can only be downloaded there.
export const useOpenFile = () => useContext(Opens);

function useSide(): [Side, (side: Side) => void] {
  const [side, setSide] = useState<Side>(dataset.beside === 'file' ? 'file' : 'card');
  const choose = useCallback((chosen: Side) => {
    setSide(chosen);
    dataset.beside = chosen;
    remember(BESIDE, chosen);
  }, []);
  return [side, choose];
}

// What had the focus gets it back. Where it has gone: what shows the same file, as the card that was made anew does;
// else the main part.
function useReturn() {
  const from = useRef<Element | null>(null);
  return {
    leave: () => {
      from.current = document.activeElement;
    },
    back: () => {
      const target = from.current;
      from.current = null;
      if (!(target instanceof HTMLElement) || target === document.body) return focusOn(null);
      const { file } = target.dataset;
      const same = file && document.querySelector(`.beside [data-file="${CSS.escape(file)}"]`);
      focusOn(target.isConnected ? target : same || null);
    },
  };
}

function focusOn(at: Element | null) {
  const place = at instanceof HTMLElement ? at : document.getElementById('main');
  place?.focus({ preventScroll: true });
}

const isSame = (one: Previewed, other: Previewed) =>
  one.message === other.message && one.part.index === other.part.index;

export function PreviewPlace({
  candidate,
  filed = true,
  asked,
  onAsked,
  card,
  children,
}: {
  candidate: string;
  asked?: string | undefined; // a file on the profile that somebody comes for
  onAsked?: (isThere: boolean) => void; // once it is open, or known not to be there
  filed?: boolean; // they have files of their own: who is no candidate has none
  card: ReactNode; // a column, or a drawer that is closed
  children: ReactNode;
}) {
  const roomy = useMedia(ROOMY);
  const wide = useMedia(WIDE); // the card is a column
  const [side, choose] = useSide();
  const [opened, setOpened] = useState<{
    of: string; // whose files these are
    files: readonly Previewed[];
    at: number;
    asked: number; // how often by a person, who goes there
    over: boolean; // what it was opened from, though there may be room beside
  }>();
  const focus = useReturn();
  const files = useQuery({ ...filesQuery(candidate), enabled: filed });
  const own = useMemo(
    () => (files.data?.rows ?? []).map((row) => fileOf(candidate, row)),
    [files.data, candidate],
  );
  useEffect(
    () => (own.some(({ part }) => kindOf(part) !== 'other') ? ahead(Preview) : undefined),
    [own],
  );
  const leave = useRef(focus.leave);
  leave.current = focus.leave;
  const open = useCallback<Open>(
    (all, at) => {
      leave.current();
      // Out of the card as a drawer: beside that it would lie under it.
      const over = isCovered();
      setOpened((before) => ({
        of: candidate,
        files: all,
        at,
        asked: (before?.asked ?? 0) + 1,
        over,
      }));
      if (roomy && !over) choose('file');
    },
    [candidate, roomy, choose],
  );
  const { isFetching } = files;
  const came = useRef(() => {});
  came.current = () => {
    const at = own.findIndex((one) => one.at && one.message === asked);
    if (at < 0 && isFetching) return;
    if (at >= 0) open(own, at);
    onAsked?.(at >= 0);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once what is known of them is news
  useEffect(() => {
    if (asked && files.data) came.current();
  }, [asked, files.data, isFetching]);
  const mine = opened?.of === candidate ? opened : undefined;
  const over = mine && (mine.over || !roomy) ? mine : undefined;
  const shown = useRef<{ of: string; file: Previewed }>(undefined);
  const held = shown.current?.of === candidate ? shown.current.file : undefined;
  const at = held
    ? Math.max(
        0,
        own.findIndex((one) => isSame(one, held)),
      )
    : 0;
  const lies =
    mine && !over ? mine : own.length > 0 ? { files: own, at, asked: 0, over: false } : undefined;
  // Nobody chose it, but somebody reads it: what comes after it doesn't take its place.
  const unasked = roomy && side === 'file' && (!mine || over) ? own[at] : undefined;
  useEffect(() => {
    if (unasked) shown.current = { of: candidate, file: unasked };
  }, [unasked, candidate]);
  // What comes is most often a file: its place is kept, so that what is read doesn't become narrower then.
  const comes = filed && side === 'file' && files.isPending && files.fetchStatus !== 'paused';
  const beside = roomy && (lies || comes) && (wide || side === 'file');
  const go = (at: number) => {
    const among = over ?? lies;
    if (among) setOpened({ ...among, of: candidate, at });
  };
  const close = () => {
    setOpened(undefined);
    if (over) return;
    choose('card');
    // Once the card is there again, in which it may have been. Who is in a text goes on.
    requestAnimationFrame(() => {
      const at = document.activeElement;
      if (at === document.body || !isWriting(at)) focus.back();
    });
  };
  return (
    <Opens.Provider value={open}>
      {children}
      {beside && (
        <div className={side === 'file' ? 'beside file' : 'beside'}>
          {wide && (
            <Switch
              side={side}
              onChoose={(chosen) => {
                choose(chosen);
                // The focus stays on the switch.
                setOpened((before) => before && { ...before, asked: 0 });
              }}
            />
          )}
          {side === 'card' ? (
            card
          ) : lies ? (
            <Preview {...lies} onGo={go} onClose={close} beside />
          ) : (
            <Skeleton rows={4} />
          )}
        </div>
      )}
      {(!beside || !wide) && card}
      {over && <Drawer {...over} onGo={go} onClose={close} />}
    </Opens.Provider>
  );
}

function Switch({ side, onChoose }: { side: Side; onChoose: (side: Side) => void }) {
  const { t } = useTranslation();
  const choice = (which: Side, words: string) => (
    <button
      type="button"
      className="tab"
      aria-pressed={side === which}
      onClick={() => onChoose(which)}
    >
      {words}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons of one choice, no form
    <div className="beside-switch" role="group" aria-label={t('preview.beside')}>
      {choice('card', t('card.title'))}
      {choice('file', t('preview.file'))}
    </div>
  );
}

function Drawer({
  files,
  at,
  asked,
  onGo,
  onClose,
}: {
  files: readonly Previewed[];
  at: number;
  asked: number;
  onGo: (at: number) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const file = files[at];
  if (!file) return null;
  return (
    <Dialog
      open
      side="right"
      className="preview-drawer"
      onClose={onClose}
      title={file.part.filename || t('attachment.unnamed')}
    >
      <Preview files={files} at={at} asked={asked} onGo={onGo} onClose={onClose} />
    </Dialog>
  );
}
