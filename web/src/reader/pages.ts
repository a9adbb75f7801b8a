// Which pages of a file are drawn, and how large. A file may say that it has any number of pages of any size.
import type { Zoom } from './protocol';

export const MOST_PAGES = 2_000; // more than that no window is high enough for
export const MOST_DRAWN = 8; // pages that are kept as pictures
const MOST_PIXELS = 12_000_000; // of one page's picture
const MOST_SIDE = 8_000; // CSS pixels of a page
const LEAST_SIDE = 16;
const PER_POINT = 96 / 72;
const EDGE = 24; // CSS pixels around a page, both sides

export type Size = { width: number; height: number }; // points

const sound = (side: number) => (Number.isFinite(side) && side > 0 ? side : 612);

// CSS pixels per point.
export function scaleOf(size: Size, zoom: Zoom, room: number): number {
  const width = sound(size.width);
  const height = sound(size.height);
  const wanted = zoom === 'actual' ? PER_POINT : Math.max(room - EDGE, LEAST_SIDE) / width;
  return Math.min(wanted, MOST_SIDE / width, MOST_SIDE / height);
}

export function boxOf(size: Size, scale: number): Size {
  return {
    width: Math.max(LEAST_SIDE, Math.round(sound(size.width) * scale)),
    height: Math.max(LEAST_SIDE, Math.round(sound(size.height) * scale)),
  };
}

// Device pixels per CSS pixel, so that the picture stays within what a machine has room for.
export function sharpness(box: Size, asked: number): number {
  const most = Math.sqrt(MOST_PIXELS / (box.width * box.height));
  return Math.min(Math.max(asked, 1), most);
}

// Which of the near pages is drawn next, and which of those that are there go: the farthest, so that however
// many are near (they may be tiny), a few are kept.
export function nextToDraw(
  near: ReadonlySet<number>,
  drawn: ReadonlySet<number>,
  at: number,
): number | undefined {
  const closest = [...near].sort((one, other) => Math.abs(one - at) - Math.abs(other - at));
  return closest.slice(0, MOST_DRAWN).find((page) => !drawn.has(page));
}

export function toForget(drawn: ReadonlySet<number>, at: number): number[] {
  const apart = [...drawn].sort((one, other) => Math.abs(other - at) - Math.abs(one - at));
  return apart.slice(0, Math.max(0, drawn.size - MOST_DRAWN));
}
