// What is typed between asking for a composer and its being there is writing already: it is kept for the
// text, in which it then stands. Neither a link nor a shortcut gets it.
import { useLayoutEffect } from 'react';
import { inField } from '../frame/shortcuts';
import { isComposed } from '../ui/composed';

type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'getModifierState'>;

// With AltGr letters are made, which some systems report as Ctrl and Alt, others as Alt.
export const isWriting = (event: Key) =>
  ([...event.key].length === 1 || event.key === 'Enter' || event.key === 'Backspace') &&
  !event.metaKey &&
  (!event.ctrlKey || event.altKey || event.getModifierState('AltGraph'));

export function typedOn(typed: string, key: string): string {
  if (key === 'Backspace') return [...typed].slice(0, -1).join('');
  return typed + (key === 'Enter' ? '\n' : key);
}

let waiting = 0; // how many stand in for a composer; one may take over from another
let typed = '';

export function takeEarly(): string {
  const taken = typed;
  typed = '';
  return taken;
}

// What was typed after a key whose turn comes only now: it is for the text that the key brings up. Whether
// it brought one up.
export function typedAhead(text: string, press: () => void): boolean {
  typed = text;
  press();
  if (waiting > 0 || typed === '') return true;
  typed = '';
  return false;
}

function keep(event: KeyboardEvent): void {
  if (isComposed(event) || inField(event.target) || !isWriting(event)) return;
  event.preventDefault();
  event.stopPropagation();
  typed = typedOn(typed, event.key);
}

// For what stands where a composer will. One that never comes leaves nothing to the next.
export function useEarlyKeys(asked: boolean): void {
  useLayoutEffect(() => {
    if (!asked) return;
    waiting++;
    window.addEventListener('keydown', keep, true);
    return () => {
      if (--waiting === 0) window.removeEventListener('keydown', keep, true);
      queueMicrotask(() => {
        if (waiting === 0) typed = '';
      });
    };
  }, [asked]);
}
