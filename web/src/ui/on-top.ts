// On a phone one pane is all that is seen, and what lies on it covers it: Back closes what is on top, and the
// page below stays where it was. At wider windows it goes back, as everywhere.
// (Before the first entry of the page there is nothing to come back from: Back leaves the page there.)
import type { RouterHistory } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { PHONE } from '../frame/hooks';

let history: RouterHistory | undefined;
const lying: object[] = []; // the last one is on top

/** The page's own; told once. */
export function closesByBack(its: RouterHistory): void {
  history = its;
}

// What is open by its address is closed by it.
const isAddressed = (search: string) => new URLSearchParams(search).has('add');

export function useBackCloses(open: boolean, onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    if (!open) return;
    const mine = {};
    lying.push(mine);
    const free = history?.block({
      enableBeforeUnload: false,
      blockerFn: ({ action, currentLocation, nextLocation }) => {
        if (action !== 'BACK' || lying.at(-1) !== mine || !matchMedia(PHONE).matches) return false;
        if (
          lying.length === 1 &&
          isAddressed(currentLocation.search) &&
          !isAddressed(nextLocation.search)
        )
          return false;
        // Once the page is back where it was: what closes may go somewhere itself.
        addEventListener('popstate', () => lying.includes(mine) && close.current(), { once: true });
        return true;
      },
    });
    return () => {
      free?.();
      lying.splice(lying.indexOf(mine), 1);
    };
  }, [open]);
}
