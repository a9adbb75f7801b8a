// A session that ends under somebody's hands: signed in again in a dialog over the page, nothing that was
// being read or written is lost.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { ProblemError, type Schemas } from '../api/client';
import { keys, meQuery } from '../api/queries';
import { part } from '../ui/part';
import { hearTabs } from './tabs';

const AgainDialog = part(() => import('./again-dialog'), 'AgainDialog');

const AHEAD = 10_000; // milliseconds

let present: string | undefined; // whose page this is
let somebody: string | undefined; // who is in, and can be asked: nobody, while they leave
let waiting: ((signedIn: boolean) => void)[] = [];
const listeners = new Set<() => void>();

function settle(signedIn: boolean) {
  const all = waiting;
  waiting = [];
  for (const resolve of all) resolve(signedIn);
  for (const listener of listeners) listener();
}

// Whoever was in leaves, or has left: what they were asked is not for who signs in next.
export function askNobody(): () => void {
  const before = somebody;
  somebody = undefined;
  settle(false);
  return () => {
    if (before !== undefined && present === before) somebody = before; // they haven't left after all
  };
}

// Opens the dialog, once for all who ask; tells whether they are signed in again. What was asked for
// somebody who has left is nobody's matter any more: `user` is who was in when that was.
export async function signedInAgain(user: string | undefined): Promise<boolean> {
  if (!user || somebody !== user) return false;
  return new Promise((resolve) => {
    waiting.push(resolve);
    for (const listener of listeners) listener();
  });
}

export function useAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}

// Whether the session that this page was opened with goes on, if need be after signing in again.
export async function stillIn(queries: QueryClient): Promise<boolean> {
  const before = queries.getQueryData<Schemas['Me']>(keys.me)?.user.id;
  if (!before) return false; // they have left
  try {
    const me = await queries.fetchQuery({ ...meQuery, staleTime: 0 });
    if (me.user.id !== before) location.reload();
    return true;
  } catch (error) {
    return error instanceof ProblemError && error.status === 401 ? signedInAgain(before) : true;
  }
}

// The session's cookie is all tabs': whoever signs in elsewhere is answered here. What this page holds
// is the first one's, so it shows nothing more and is loaded anew.
export function useSameUser(
  user: string | undefined,
  reload: () => void = () => location.reload(),
): boolean {
  const opened = useRef(user);
  opened.current ??= user;
  const same = !user || user === opened.current;
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!same) latest.current();
  }, [same]);
  return same;
}

export function SignInAgain({ user, onLeave }: { user: Schemas['User']; onLeave: () => void }) {
  const asked = useAsked();
  const leave = useRef(onLeave);
  leave.current = onLeave;
  useLayoutEffect(() => {
    somebody = present = user.id;
    return () => {
      present = undefined;
      askNobody();
    };
  }, [user.id]);
  // There before it is needed: by then the server may be another one. Nothing waits for it at first.
  useEffect(() => {
    const timer = setTimeout(AgainDialog.ahead, AHEAD);
    return () => clearTimeout(timer);
  }, []);
  const queries = useQueryClient();
  const answered = useCallback(
    (signedIn: boolean) => {
      settle(signedIn);
      if (signedIn) void queries.invalidateQueries();
      else leave.current();
    },
    [queries],
  );
  // Signed in again in another tab: that counts here too, whether or not the dialog has come by then.
  useEffect(
    () =>
      hearTabs((word) => {
        if ('signedIn' in word && word.signedIn === user.id && waiting.length > 0) answered(true);
      }),
    [user.id, answered],
  );
  return asked ? <AgainDialog user={user} onAnswered={answered} /> : null;
}
