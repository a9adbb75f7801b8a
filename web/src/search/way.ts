// The way into the search and out of it. Part of the frame; the place itself comes on demand.
type Location = { href: string; pathname: string; state: { __TSR_index?: number } };

export const MOST_ASKED = 500; // characters of a query; the server refuses more

export const isSearch = (pathname: string) => /^\/search(?:\/|$)/.test(pathname);

let before: { href: string; index: number } | undefined;

export function notice(from: Location | undefined, to: Location): void {
  if (!from || !isSearch(to.pathname) || isSearch(from.pathname)) return;
  before = { href: from.href, index: from.state.__TSR_index ?? 0 };
}

// Back to where one came from: as many steps as were made since, so that the place is found as it was
// left; else its address.
export function wayOut(index: number): { steps: number } | { href: string } {
  if (!before) return { href: '/inbox' };
  return index > before.index ? { steps: before.index - index } : { href: before.href };
}

export const forgetWay = () => {
  before = undefined;
};

// Whoever asked for the search is in its box when it is there; whoever comes back to it isn't.
let asked = false;
let there: (() => void) | undefined;
export function askBox(): void {
  if (there) there();
  else asked = true;
}
export function listenForBox(focus: () => void): () => void {
  there = focus;
  return () => {
    if (there === focus) there = undefined;
  };
}
export function takeAsked(): boolean {
  const was = asked;
  asked = false;
  return was;
}
