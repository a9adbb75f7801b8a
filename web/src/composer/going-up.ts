// Files on their way up. One goes on though its writer goes on, is seen to when they come back, and goes along
// with its draft, which may become part of another one meanwhile.
import { nameOf, Shared } from './shared';

export type Underway = {
  key: number;
  name: string;
  octets: number;
  share: number;
  abort: () => void;
};

type Place = { user: string; about: string };
let key = 0;
/** What the next one is known by. */
export const nextKey = () => ++key;

const NOTHING: readonly Underway[] = [];
export const goingUp = new Shared(NOTHING);
const places = new Map<number, Place>(); // of each, by its key

function change(
  { user, about }: Place,
  to: (list: readonly Underway[]) => readonly Underway[],
): void {
  const list = to(goingUp.of(nameOf(user, about)));
  goingUp.set(nameOf(user, about), list.length > 0 ? list : NOTHING);
}

export function goesUp(place: Place, file: Underway): void {
  places.set(file.key, place);
  change(place, (list) => [...list, file]);
}

export function comesOn(key: number, share: number): void {
  const place = places.get(key);
  if (!place) return;
  change(place, (list) => list.map((one) => (one.key === key ? { ...one, share } : one)));
}

/** It has come up, or won't. Tells whose it is by now: nobody's, once all of it is forgotten. */
export function goesUpNoMore(key: number): Place | undefined {
  const place = places.get(key);
  places.delete(key);
  if (place) change(place, (list) => list.filter((one) => one.key !== key));
  return place;
}

export function moveGoingUp(user: string, from: string, to: string): void {
  const moved = goingUp.of(nameOf(user, from));
  for (const { key } of moved) places.set(key, { user, about: to });
  change({ user, about: from }, () => NOTHING);
  change({ user, about: to }, (list) => [...list, ...moved]);
}

/** Nothing of who signs out is there for who comes next. */
export function forgetGoingUp(): void {
  const all = [...places.values()].flatMap((place) => goingUp.of(nameOf(place.user, place.about)));
  places.clear();
  goingUp.forget();
  for (const { abort } of all) abort();
}
