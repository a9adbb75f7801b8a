// The dialog in which something is added belongs to its page's address (`?add=true`): a link opens it, and so does
// a reload.
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';

declare module '@tanstack/history' {
  interface HistoryState {
    addsHere?: boolean; // opened on the very page that lies below it
  }
}

/** Opens and closes it. Once it is closed, Back leads to where one was before, and not to the same page again. */
export function useAdding(): (open: boolean) => void {
  const navigate = useNavigate();
  const { history } = useRouter();
  const left = useRef<object>(undefined);
  return (open) => {
    if (open || !history.location.state.addsHere)
      return void navigate({
        to: '.',
        search: (before: object) => ({ ...before, add: open || undefined }) as never,
        replace: !open,
        ...(open ? { state: { addsHere: true } } : {}),
      });
    if (left.current === history.location) return; // it takes a moment, and who is impatient presses twice
    left.current = history.location;
    history.back({ ignoreBlocker: true });
  };
}

/** Of a link within a dialog that adds: where that has an address, what is opened takes its place. */
export function useOpening(onOpen?: () => void) {
  const { add } = useSearch({ strict: false });
  return add ? { replace: true } : { onClick: () => onOpen?.() };
}
