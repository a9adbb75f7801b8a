import { onlineManager, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { meQuery } from '../api/queries';
import { remember } from '../remembered';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

/** Whether it is still there, for whoever asks once an answer has come. */
export function useHere(): { readonly current: boolean } {
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return here;
}

export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
}

// One clock for all that says how long something has lasted.
const minutes = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;
const everyMinute = (changed: () => void) => {
  minutes.add(changed);
  ticking ??= setInterval(() => {
    for (const one of minutes) one();
  }, 30_000);
  return () => {
    minutes.delete(changed);
    if (minutes.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
};

export function useMinute(): number {
  return useSyncExternalStore(everyMinute, () => Math.floor(Date.now() / 60_000));
}

export const WIDE = '(min-width: 1340px)'; // room for the candidate's card as a fourth column
export const PHONE = '(max-width: 719px)'; // one pane at a time

// The server's mail/unseen.hpp for what came by mail: a tab shows a title without isolating it.
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

// Absent: what was before stays, or somebody else says it. Empty: nothing is there.
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const seen = title
      .replace(UNSEEN, '')
      .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
      .trim();
    document.title = seen ? `${seen} · Hearback` : 'Hearback';
  }, [title]);
}

export function useMe() {
  return useQuery(meQuery).data;
}

// What had the focus has gone with what was closed: it goes on at `target`, else in the main part. Never
// on the page itself, where nobody sees it.
export function useFocusAfter(open: boolean, target: () => HTMLElement | null | undefined): void {
  const before = useRef(open);
  const latest = useRef(target);
  latest.current = target;
  useEffect(() => {
    const closed = before.current && !open;
    before.current = open;
    if (!closed || document.activeElement !== document.body) return;
    (latest.current() ?? document.getElementById('main'))?.focus({ preventScroll: true });
  }, [open]);
}

// Who may change candidates and jobs; evaluators read and write mail (rules/access).
export function useMayEdit(): boolean {
  const role = useMe()?.user.role;
  return role === 'admin' || role === 'manager';
}

export function useDebounced<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

type Theme = 'system' | 'light' | 'dark';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const THEME_CHANGED = 'hearback:theme';

const REMEMBERED_THEME = 'hearback.theme';

function wear(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  window.dispatchEvent(new Event(THEME_CHANGED));
}

export function chooseTheme(theme: Theme): void {
  remember(REMEMBERED_THEME, theme === 'system' ? undefined : theme);
  wear(theme);
}

// What is chosen in one tab holds in all.
export function followTheme(): () => void {
  const hear = ({ key, newValue }: StorageEvent) => {
    if (key === REMEMBERED_THEME) wear(newValue);
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}

export function useTheme(): Theme {
  return useSyncExternalStore((changed) => {
    window.addEventListener(THEME_CHANGED, changed);
    return () => window.removeEventListener(THEME_CHANGED, changed);
  }, currentTheme);
}

export function useDark(): boolean {
  const theme = useTheme();
  const system = useMedia('(prefers-color-scheme: dark)');
  return theme === 'system' ? system : theme === 'dark';
}
