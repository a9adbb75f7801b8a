// In which order its reader wants what is to be answered (M-8): this browser remembers it, for each person.
import { useSyncExternalStore } from 'react';
import { remember, remembered } from '../remembered';
import type { Narrowing } from './turns';

type Order = Narrowing['order'];
const nameOf = (user: string) => `hearback.order.${user}`;
const listeners = new Set<() => void>();

export const orderOf = (user: string | undefined): Order =>
  user !== undefined && remembered(nameOf(user)) === 'longest' ? 'longest' : undefined;

export function keepOrder(user: string | undefined, order: Order): void {
  if (user === undefined) return;
  remember(nameOf(user), order);
  for (const listener of listeners) listener();
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useOrder = (user: string | undefined): Order =>
  useSyncExternalStore(watch, () => orderOf(user));
