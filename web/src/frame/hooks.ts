import { onlineManager, useQuery } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { meQuery } from '../api/queries';

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

export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
}

export const WIDE = '(min-width: 1340px)'; // room for the candidate's card as a fourth column
export const PHONE = '(max-width: 719px)'; // one pane at a time

export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Hearback` : 'Hearback';
  }, [title]);
}

export function useMe() {
  return useQuery(meQuery).data;
}

export function useDebounced<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

export type Theme = 'system' | 'light' | 'dark';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const THEME_CHANGED = 'hearback:theme';

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem('hearback.theme');
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem('hearback.theme', theme);
  }
  window.dispatchEvent(new Event(THEME_CHANGED));
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
