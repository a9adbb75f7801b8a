// A key that is pressed while nothing of the conversation is known yet is done when it is there: the last one,
// if its presser still waits for it.
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isCovered } from '../frame/shortcuts';

const WAITS = 5000; // milliseconds: later nobody remembers what they pressed

export function usePressed<Key extends string>(
  acts: Record<Key, () => void>,
  came: boolean,
  gone: boolean,
): { act: (key: Key) => void; drop: () => void } {
  const router = useRouter();
  const waiting = useRef<{ key: Key; at: number }>(undefined);
  const drop = () => {
    waiting.current = undefined;
  };
  // Whoever presses anything else meanwhile is at something else.
  useEffect(() => {
    const dropFor = (event: Event) => {
      if (!(event as KeyboardEvent).repeat) waiting.current = undefined;
    };
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, dropFor, true);
    return () => {
      for (const kind of ['pointerdown', 'keydown']) removeEventListener(kind, dropFor, true);
    };
  }, []);
  const isLeaving = () =>
    router.latestLocation.pathname !== router.state.resolvedLocation?.pathname;
  // biome-ignore lint/correctness/useExhaustiveDependencies: as it comes, or doesn't
  useEffect(() => {
    const pressed = waiting.current;
    if (came || gone) drop();
    if (!came || !pressed || Date.now() - pressed.at > WAITS) return;
    if (!isCovered() && !isLeaving()) acts[pressed.key]();
  }, [came, gone]);
  const act = (key: Key) => {
    waiting.current = came || gone ? undefined : { key, at: Date.now() };
    acts[key]();
  };
  return { act, drop };
}
