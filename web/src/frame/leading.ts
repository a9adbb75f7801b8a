// What leads to another page takes a while, and the keys after it are meant for where it leads: they wait
// until that is there. What then follows one that asks for a text is the text's.
import { isWriting, typedAhead, typedOn } from '../composer/early';
import { isComposed } from '../ui/composed';
import { inField, isHeld, isTaken, press } from './shortcuts';

let leading = false;
let toRow = false;
let goesOn: (() => boolean) | undefined;
let kept: string[] = [];

function keep(event: KeyboardEvent): void {
  // What is for a text that is still to come is taken already (composer/early).
  if (event.defaultPrevented || isComposed(event)) return;
  if (isTaken(event.target) || !isWriting(event)) return;
  // Those count on from where they lead to, by themselves; these belong to what has the focus.
  const own = toRow ? /^[jk]$/ : /^(?:j|k| |Enter|Backspace)$/;
  if (kept.length === 0 && own.test(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  if (!isHeld(event)) kept.push(event.key);
}
// Whoever takes the mouse meanwhile is after something else.
const forget = () => {
  kept = [];
};

// `row`: within the page, to a row that has the focus soon; what opens it waits for that, too. `further`: as
// long as it says so, what is there is a step on the way.
export function lead(row = false, further?: () => boolean): void {
  toRow = row;
  goesOn = further ?? goesOn;
  if (leading) return;
  leading = true;
  window.addEventListener('keydown', keep, true);
  window.addEventListener('pointerdown', forget, true);
}

function stop(): string[] {
  const keys = kept;
  forget();
  leading = false;
  goesOn = undefined;
  window.removeEventListener('keydown', keep, true);
  window.removeEventListener('pointerdown', forget, true);
  return keys;
}

// Where it led to is there, or it led nowhere.
export function arrive(): void {
  if (goesOn?.()) return;
  const keys = stop();
  for (const [at, key] of keys.entries()) {
    if (isTaken(document.activeElement)) return;
    const rest = keys.slice(at + 1);
    const text = rest.reduce(typedOn, '');
    const pressed = () => {
      if (!press(key) && key === 'Enter') (document.activeElement as HTMLElement | null)?.click();
    };
    if (typedAhead(text, pressed)) return;
    // A text that was there before takes it as if it were typed now.
    if (inField(document.activeElement)) {
      document.execCommand('insertText', false, text);
      return;
    }
    if (leading) {
      kept = rest;
      return;
    }
  }
}

export function leadNowhere(): void {
  stop();
}
