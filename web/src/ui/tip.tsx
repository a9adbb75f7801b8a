// A word about what is pointed at, or has the focus: what a button without words does, and its key. What shows
// it, and finds a place for it, comes when the first one is shown.
import { Slot } from 'radix-ui';
import { type PointerEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react';
import type { Bubble as Shown } from './bubble';
import { fetchModule } from './fetch-module';
import './tip.css';

let Bubble: typeof Shown | undefined;
const fetched = async () => {
  Bubble ??= (await fetchModule(() => import('./bubble'))).Bubble;
};
// Not getting it says nothing: what has a tip works without.
const ahead = () => void fetched().catch(() => {});

type Side = 'top' | 'right' | 'bottom' | 'left';

// Milliseconds: until it is shown; after one has gone, the next is shown at once; on the way into it.
const WAIT = 400;
const NEXT_AT_ONCE = 300;
const CROSSING = 150;

let hide: (() => void) | undefined; // the one that is shown: there is one at most
let hiddenAt = Number.NEGATIVE_INFINITY;

function useTip() {
  const [at, setAt] = useState<HTMLElement>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pressed = useRef(false);
  const over = useRef(false);
  const wait = (after: number, then: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(then, after);
  };
  const wanted = useRef<HTMLElement>(undefined);
  const close = useRef(() => {
    clearTimeout(timer.current);
    wanted.current = undefined;
    if (hide === close.current) {
      hide = undefined;
      hiddenAt = performance.now();
    }
    setAt(undefined);
  });
  const show = async (element: HTMLElement) => {
    clearTimeout(timer.current);
    wanted.current = element;
    if (!Bubble) await fetched().catch(() => {});
    if (!Bubble || wanted.current !== element || !element.isConnected) return;
    if (hide !== close.current) hide?.();
    hide = close.current;
    setAt(element);
  };
  const leave = () => {
    over.current = false;
    if (at) wait(CROSSING, close.current);
    else close.current();
  };
  useEffect(() => close.current, []);
  const handlers = {
    // (What opens below a pointer that stands still isn't pointed at.)
    onPointerMove: ({ pointerType, currentTarget }: PointerEvent<HTMLElement>) => {
      if (pointerType === 'touch' || over.current || pressed.current) return;
      over.current = true;
      if (at) return clearTimeout(timer.current);
      const soon = hide !== undefined || performance.now() - hiddenAt < NEXT_AT_ONCE;
      ahead();
      wait(soon ? 0 : WAIT, () => void show(currentTarget));
    },
    onPointerLeave: () => {
      pressed.current = false;
      leave();
    },
    onPointerDown: () => {
      pressed.current = true;
      close.current();
      const lifted = () => {
        pressed.current = false;
      };
      document.addEventListener('pointerup', lifted, { once: true });
    },
    onClick: close.current,
    onFocus: ({ currentTarget }: { currentTarget: HTMLElement }) => {
      if (!pressed.current) void show(currentTarget);
    },
    onBlur: close.current,
  };
  return { at, close: close.current, handlers, keep: () => clearTimeout(timer.current), leave };
}

// It goes with Escape, and where what it stands at is scrolled away.
function useEnd(at: HTMLElement | undefined, close: () => void) {
  useEffect(() => {
    if (!at) return;
    const key = ({ key }: KeyboardEvent) => key === 'Escape' && close();
    const scroll = ({ target }: Event) => (target as Node).contains(at) && close();
    window.addEventListener('keydown', key, { capture: true });
    window.addEventListener('scroll', scroll, { capture: true });
    return () => {
      window.removeEventListener('keydown', key, { capture: true });
      window.removeEventListener('scroll', scroll, { capture: true });
    };
  }, [at, close]);
}

export function Tip({
  text,
  shortcut,
  children,
  side,
}: {
  text: string;
  shortcut?: string;
  children: ReactElement;
  side?: Side;
}) {
  const id = useId();
  const { at, close, handlers, keep, leave } = useTip();
  useEnd(at, close);
  return (
    <>
      <Slot.Root {...handlers} {...(at ? { 'aria-describedby': id } : {})}>
        {children}
      </Slot.Root>
      {at && Bubble && (
        <Bubble id={id} at={at} side={side} onEnter={keep} onLeave={leave}>
          {text}
          {shortcut && <Keys keys={shortcut} />}
        </Bubble>
      )}
    </>
  );
}

export function Keys({ keys }: { keys: string }) {
  return (
    <span className="keys">
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
