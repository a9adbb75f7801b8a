// What all composers of one message share: its writer may go on, come back, and find another one.
import { useSyncExternalStore } from 'react';

export const nameOf = (user: string, about: string) => `${user}.${about}`;

export class Shared<T> {
  private readonly all = new Map<string, T>();
  private readonly listeners = new Set<() => void>();
  constructor(private readonly none: T) {}

  of(name: string): T {
    return this.all.get(name) ?? this.none;
  }
  set(name: string, value: T): void {
    if (value === this.none) this.all.delete(name);
    else this.all.set(name, value);
    for (const listener of [...this.listeners]) listener();
  }
  /** Nobody is told: the page that shows it is about to go. */
  forget(): void {
    this.all.clear();
  }
  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };
}

export const useShared = <T>(shared: Shared<T>, name: string): T =>
  useSyncExternalStore(shared.watch, () => shared.of(name));

/** Which messages are being sent: until that is settled nobody writes, sends or discards them. */
export const onItsWay = new Shared(false);

/** How often a composer was asked for while its message was on its way: each is one of its own, for the next. */
export const turnAfter = (before: number | undefined, user: string | undefined, about: string) =>
  (before ?? 0) + Number(user !== undefined && onItsWay.of(nameOf(user, about)));

/** What is typed while it is on its way: for the next one, whenever its writer comes to that. */
export const typedMeanwhile = new Shared('');

/** Once it is settled; at once, where nothing is on its way. */
export function settled(name: string, run: () => void): void {
  if (!onItsWay.of(name)) {
    run();
    return;
  }
  const end = onItsWay.watch(() => {
    if (onItsWay.of(name)) return;
    end();
    run();
  });
}
