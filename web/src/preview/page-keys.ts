// A key of the page's that was pressed in a file's frame. That it was pressed is only the frame's word, and
// what is in there is a stranger's (docs/decisions/0069): so its word does no more than to give the focus back to
// the page, and to go a row along. All else is done when the key is let go, which the page, that has the
// focus by now, sees for itself: nothing in the frame can make it believe that.
import { isCovered, isHeld, isTaken, press } from '../frame/shortcuts';
import type { PageKey } from '../reader/protocol';

const LET_GO_WITHIN = 2_000; // ms

let forget = () => {};

function onceLetGo(key: PageKey): void {
  forget();
  const up = (event: KeyboardEvent) => {
    if (event.key !== key) return;
    forget();
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
    press(key);
  };
  // Another key is dealt with by itself; that this one is still held says nothing yet.
  const down = (event: KeyboardEvent) => {
    if (event.key !== key || !isHeld(event)) forget();
  };
  const late = setTimeout(() => forget(), LET_GO_WITHIN);
  forget = () => {
    clearTimeout(late);
    removeEventListener('keyup', up, true);
    removeEventListener('keydown', down, true);
    forget = () => {};
  };
  addEventListener('keyup', up, true);
  addEventListener('keydown', down, true);
}

/** What has the focus next is where the page's keys act: the row of what is open, else the main part. */
export function passToPage(key: PageKey): void {
  if (isCovered()) return; // a dialog's keys are its own
  const row = document.querySelector<HTMLElement>('.split-list .thread-row[aria-current]');
  (row ?? document.getElementById('main'))?.focus({ preventScroll: true });
  if (key === 'j' || key === 'k') press(key);
  else onceLetGo(key);
}
