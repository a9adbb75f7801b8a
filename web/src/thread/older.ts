// A long conversation opens with its newest messages; older ones come when they are asked for, and
// stay while it is open.
import { useCallback, useRef, useState } from 'react';
import { fetchOlder, type Message, type Thread } from '../api/queries';

// `before` were shown until now; `newest` is the newest page. Messages that slid out of that page
// stay; when the conversation has become shorter, what was shown is no longer to be trusted.
export function joined(before: readonly Message[], newest: readonly Message[]): Message[] {
  const now = new Set(newest.map((one) => one.id));
  return [...before.filter((one) => !now.has(one.id) && !one.id.startsWith('pending:')), ...newest];
}

export function useOlder(thread: Thread | undefined) {
  const shown = useRef<{ messages: Message[]; count: number }>({ messages: [], count: 0 });
  const [cursor, setCursor] = useState<string | null>();
  const [, redraw] = useState(0);
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle');
  if (thread) {
    const before = thread.count < shown.current.count ? [] : shown.current.messages;
    shown.current = { messages: joined(before, thread.messages), count: thread.count };
  }
  const next = cursor === undefined ? thread?.older : cursor;
  const id = thread?.id;
  const more = useCallback(async () => {
    if (!id || !next) return;
    setState('loading');
    try {
      const page = await fetchOlder(id, next);
      shown.current.messages = joined(page.messages, shown.current.messages);
      setCursor(page.older);
      setState('idle');
    } catch {
      setState('failed');
    }
    redraw((n) => n + 1);
  }, [id, next]);
  return { messages: shown.current.messages, older: Boolean(next), more, state };
}
