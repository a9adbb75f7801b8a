// How a mail lies in its frame. What is wider than its room is made smaller, to a share at most: below it nobody
// reads it, and what is still too wide scrolls within the frame. Everything of it can be reached.
const LEAST_SHARE = 0.5;
const SLACK = 4; // pixels too many that are nobody's concern
const MOST_STEPS = 4; // borders get no thinner than a pixel: what was made smaller may still be too wide
const FURTHER = 0.99; // such a step aims a little lower, or the last pixel takes many
const MOST_FOLDS = 12; // open ones that are fitted each by itself
const SCROLLBAR = 16;
// Nothing of a mail is laid out while it still comes: a parser that pauses would lay the same growing lines out again
// at each pause. The frame's document shows its body to who has this class (sanitize.ts).
export const LAID = 'laid';
// Whose words decide their direction. Said when all of them are there: with dir="auto" a parser looks for the first
// letter again with each element that comes, which is minutes for a mail of nothing but line ends.
export const DIR_AUTO = 'data-dir-auto';

// Firefox came to it late. Asked each time: it costs nothing.
const canZoom = () => globalThis.CSS?.supports?.('zoom', '0.5') ?? false;

// How small it has to be that is this wide at a share; 1: it has room.
export function shareOf(natural: number, room: number, share = 1, least = LEAST_SHARE): number {
  if (room <= 0 || natural <= room + (share === 1 ? SLACK : 0)) return share;
  return Math.max((share * room * (share === 1 ? 1 : FURTHER)) / natural, least);
}

type Way = 'ltr' | 'rtl';

// What lies beyond the side that a document begins at can't be scrolled to and counts for nothing: the mail's
// parts may be written in either way, whatever it says of itself, so both are asked. The sheet has a direction of
// its own, none of this moves anything in it.
function widthIn(root: HTMLElement, way: Way): number {
  root.style.direction = way;
  return root.scrollWidth;
}
const widthOf = (root: HTMLElement) => Math.max(widthIn(root, 'ltr'), widthIn(root, 'rtl'));

function fitOne(root: HTMLElement, element: HTMLElement, room: number, least: number): number {
  let share = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = shareOf(widthOf(root), room, share, least);
    if (next === share) break;
    share = next;
    zoom(element, share);
  }
  return share;
}

// What opens and closes a fold stays as large as it was.
function zoom(element: HTMLElement, share: number): void {
  const set = (one: HTMLElement, value: number) =>
    value === 1 ? one.style.removeProperty('zoom') : one.style.setProperty('zoom', `${value}`);
  set(element, share);
  const handle = element.firstElementChild;
  if (element.nodeName === 'DETAILS' && handle?.nodeName === 'SUMMARY') {
    set(handle as HTMLElement, 1 / share);
  }
}

// The letter first, as if nothing in it were unfolded; then each fold that is open: what was being read stays as
// it is. Returns whether anything had to be made smaller.
function fitAll(root: HTMLElement, sheet: HTMLElement, actual: boolean): boolean {
  const folds = [...sheet.querySelectorAll<HTMLElement>('details[open]')].slice(0, MOST_FOLDS);
  zoom(sheet, 1);
  for (const fold of folds) {
    zoom(fold, 1);
    fold.dataset.shut = '';
  }
  const shares = new Map<Element, number>();
  shares.set(sheet, fitOne(root, sheet, root.clientWidth, LEAST_SHARE));
  for (const fold of folds) {
    // No smaller than what stands around it needs to be anyway.
    const room = Math.max(root.clientWidth, widthOf(root));
    delete fold.dataset.shut;
    const around = shares.get(fold.parentElement!.closest('details[open]') ?? sheet) ?? 1;
    shares.set(fold, around * fitOne(root, fold, room, LEAST_SHARE / around));
  }
  if (actual) for (const one of shares.keys()) zoom(one as HTMLElement, 1);
  return [...shares.values()].some((share) => share < 1);
}

// It begins where most of it can be scrolled to; what still lies beyond that side is moved in.
function turn(root: HTMLElement, body: HTMLElement, sheet: HTMLElement): void {
  const room = root.clientWidth;
  const beyond = { ltr: widthIn(root, 'ltr') - room, rtl: widthIn(root, 'rtl') - room };
  const own: Way = getComputedStyle(sheet).direction === 'rtl' ? 'rtl' : 'ltr';
  const way: Way = beyond.ltr === beyond.rtl ? own : beyond.rtl > beyond.ltr ? 'rtl' : 'ltr';
  root.style.direction = way;
  const unreached = beyond[way === 'ltr' ? 'rtl' : 'ltr'];
  if (unreached > 0) body.style.setProperty('inset-inline-start', `${unreached}px`);
}

// What is shut is not drawn, yet its words say where they would be. What opens it is.
const SHUT = 'details:not([open])';
function shownIn(sheet: HTMLElement): Range[] {
  const made = () => {
    const range = sheet.ownerDocument.createRange();
    range.selectNodeContents(sheet);
    return range;
  };
  const ranges = [made()];
  for (const fold of sheet.querySelectorAll(SHUT)) {
    if (fold.parentElement!.closest(SHUT)) continue;
    const handle = fold.querySelector(':scope > summary');
    if (handle) ranges.at(-1)!.setEndAfter(handle);
    else ranges.at(-1)!.setEndBefore(fold);
    const rest = made();
    rest.setStartAfter(fold);
    ranges.push(rest);
  }
  return ranges;
}

// What lies above the sheet can't be scrolled to, whatever moved it there: all is moved down by so much. The lowest
// counts as well: a box that others were drawn into ends before its words do.
function verticallyIn(body: HTMLElement, sheet: HTMLElement): { above: number; below: number } {
  const { top, bottom } = body.getBoundingClientRect();
  const pictures = [...sheet.querySelectorAll('img')].filter((one) => !one.closest(SHUT));
  const rects = [...shownIn(sheet), ...pictures].map((one) => one.getBoundingClientRect());
  const drawn = rects.filter((one) => one.width > 0 && one.height > 0);
  return {
    above: Math.ceil(Math.max(0, ...drawn.map((one) => top - one.top))),
    below: Math.ceil(Math.max(0, ...drawn.map((one) => one.bottom - bottom))),
  };
}

function show(root: HTMLElement, sheet: HTMLElement | null): void {
  if (root.classList.contains(LAID)) return;
  if (sheet?.hasAttribute(DIR_AUTO)) sheet.dir = 'auto';
  for (const one of sheet?.querySelectorAll<HTMLElement>(`[${DIR_AUTO}]`) ?? []) one.dir = 'auto';
  root.classList.add(LAID);
}

// Lays the frame's document out for the room that it has, and says how high it is and whether it is wider than
// its room in its actual size.
export function layOut(inside: Document, actual: boolean): { height: number; wide: boolean } {
  const { body, documentElement: root } = inside;
  const sheet = body.firstElementChild as HTMLElement | null;
  show(root, sheet);
  const { scrollLeft, scrollTop } = root;
  const before = root.style.direction;
  body.style.removeProperty('inset-inline-start');
  body.style.removeProperty('top');
  const wide = sheet !== null && canZoom() && fitAll(root, sheet, actual);
  if (sheet) turn(root, body, sheet);
  const bar = root.scrollWidth > root.clientWidth ? SCROLLBAR : 0;
  // Nothing was made smaller around the body: it counts in the page's pixels, with what hangs out of its boxes.
  const own = body.getBoundingClientRect().height;
  const { above, below } = sheet ? verticallyIn(body, sheet) : { above: 0, below: 0 };
  if (above > 0) body.style.top = `${above}px`;
  const height = above + Math.ceil(Math.max(own + below, body.scrollHeight)) + bar;
  // Measuring moves nothing under the reader.
  if (root.style.direction === before) root.scrollLeft = scrollLeft;
  root.scrollTop = scrollTop;
  return { height, wide };
}
