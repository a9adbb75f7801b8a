// The panes side by side: how wide the list is, and what stands beside a conversation, is the reader's to say
// (this browser remembers both), and F6 goes from one to the next.
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { remember, remembered } from '../remembered';
import { isCovered } from './shortcuts';

const REMEMBERED = 'hearback.list';
export const BESIDE = 'hearback.beside'; // what was chosen to stand there (preview/place.tsx)
const LEAST = 260; // as in frame.css
const MOST = 640;
const STEP = 16;

// None: as wide as the window asks for (tokens.css).
function wear(width: number | undefined): void {
  const { style } = document.documentElement;
  if (width) style.setProperty('--list', `${width}px`);
  else style.removeProperty('--list');
}

function choose(width: number | undefined): void {
  const kept = width && Math.round(Math.min(Math.max(width, LEAST), MOST));
  wear(kept);
  remember(REMEMBERED, kept ? `${kept}` : undefined);
}

export function wearPanes(): void {
  const width = Number(remembered(REMEMBERED));
  if (width >= LEAST && width <= MOST) wear(width);
  document.documentElement.dataset.beside = remembered(BESIDE) ?? ''; // frame.css makes room by it
}

// Right after the list.
export function ListEdge() {
  const { t } = useTranslation();
  const edge = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(LEAST);
  const list = useCallback(() => edge.current?.previousElementSibling?.getBoundingClientRect(), []);
  const measure = useCallback(() => setWidth(Math.round(list()?.width ?? LEAST)), [list]);
  useLayoutEffect(() => {
    const beside = edge.current?.previousElementSibling;
    if (!beside) return;
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(beside);
    return () => watch.disconnect();
  }, [measure]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    // As it is now: the next press may come before what was drawn last is measured.
    if (step) choose((list()?.width ?? LEAST) + step);
    else if (event.key === 'Home') choose(undefined);
    else return;
    event.preventDefault();
    measure();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line can't be moved
    <div
      ref={edge}
      className="list-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={t('list.width')}
      aria-valuenow={width}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      tabIndex={0}
      title={t('list.widthHint')}
      onKeyDown={onKeyDown}
      onDoubleClick={() => choose(undefined)}
      onPointerDown={(event) => {
        if (event.button === 0) event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        choose(event.clientX - (list()?.left ?? 0));
      }}
    />
  );
}

const PANES = [
  '.frame > .rail',
  '.split-list',
  '.split-main .pane-body, .page-main',
  '.card, .preview',
];

const isShown = (element: HTMLElement) => element.offsetParent !== null;

// Where one is in a pane: the list's stop, the open conversation as a whole, else its first stop.
function enter(pane: HTMLElement): void {
  const stop = pane.matches('.split-list')
    ? pane.querySelector<HTMLElement>('[data-row] a[tabindex="0"]')
    : pane.matches('.pane-body, .page-main')
      ? pane
      : undefined;
  const stops = pane.querySelectorAll<HTMLElement>('a[href], button:not(:disabled)');
  const target = stop ?? [...stops].find(isShown) ?? pane;
  if (target === pane && !pane.hasAttribute('tabindex')) pane.tabIndex = -1;
  target.focus();
}

export function useNextPane(): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'F6' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.defaultPrevented || isCovered()) return;
      const panes = PANES.flatMap((which) => [
        ...document.querySelectorAll<HTMLElement>(which),
      ]).filter(isShown);
      if (panes.length === 0) return;
      event.preventDefault();
      const at = panes.findIndex((pane) => pane.contains(document.activeElement));
      const step = event.shiftKey ? -1 : 1;
      const from = at < 0 && event.shiftKey ? 0 : at;
      enter(panes[(from + step + panes.length) % panes.length]!);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
