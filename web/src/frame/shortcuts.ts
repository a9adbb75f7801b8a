// Single keys and two-key sequences ("g i"). Whoever is mounted last and knows a key gets it.
import { useLayoutEffect, useRef } from 'react';
import { isComposed } from '../ui/composed';

type Handlers = Record<string, (() => void) | undefined>;

const layers: { current: Handlers }[] = [];
let prefix = '';
let prefixTimer: ReturnType<typeof setTimeout> | undefined;

export function inField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

// Letters act where a list or a conversation has the focus. Within a form they are somebody's writing
// that just lost its field; with nobody in focus while something is being written they are too.
// (Those for a text that is still to come are caught before: composer/early.)
export function isWriting(target: EventTarget | null): boolean {
  if (inField(target)) return true;
  if (target instanceof Element && target.closest('form')) return true;
  return target === document.body && document.querySelector('form.composer') !== null;
}

// The name of what was pressed: "Mod+k" for Ctrl or ⌘, else the character itself.
function keyName(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey;
  return mod ? `Mod+${event.key}` : event.key;
}

// A key that is held counts once, but for those that go along a list.
export const isHeld = (event: KeyboardEvent) => event.repeat && !/^[jk]$/.test(keyName(event));

// An open dialog or menu keeps the keys to itself.
export const isCovered = () =>
  document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null;

// Whether a letter is no shortcut.
export const isTaken = (target: EventTarget | null) => isWriting(target) || isCovered();

function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || isComposed(event)) return;
  const name = keyName(event);
  if (!name.startsWith('Mod+') && isTaken(event.target)) return;
  if (isHeld(event)) {
    if (knows(name)) event.preventDefault();
    return;
  }
  if (press(name)) event.preventDefault();
}

// Whether anybody knows what to do.
export function press(name: string): boolean {
  const wanted = prefix ? `${prefix} ${name}` : name;
  prefix = '';
  clearTimeout(prefixTimer);
  for (let index = layers.length - 1; index >= 0; index--) {
    const handler = layers[index]!.current[wanted];
    if (handler) {
      handler();
      return true;
    }
  }
  if (name === 'g' && wanted === 'g') {
    prefix = 'g';
    prefixTimer = setTimeout(() => {
      prefix = '';
    }, 1500);
  }
  return false;
}

// Whether the key does something where one is now.
export const knows = (name: string) => layers.some((layer) => layer.current[name]);

// `under`: what is mounted at the same time, or was before, comes first nevertheless.
export function useShortcuts(handlers: Handlers, active = true, under = false): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  // With what it belongs to: whoever sees a page presses its keys at once.
  useLayoutEffect(() => {
    if (!active) return;
    const layer = latest;
    if (under) layers.unshift(layer);
    else layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, [active, under]);
}

export function listenToKeys(): () => void {
  window.addEventListener('keydown', handleKey);
  return () => window.removeEventListener('keydown', handleKey);
}
