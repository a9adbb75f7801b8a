// A page may be open for days, and the server be another one by then: what this page would ask for it may
// no longer know. Asked for whenever the connection comes back, since a new server begins with that.
import { useEffect, useRef, useState } from 'react';
import type { LiveState } from '../api/events';

const own = () =>
  document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? undefined;

/** Whether the server has another page by now than this one, which knows itself by its script's name. */
export async function isUpdated(): Promise<boolean> {
  const script = own();
  if (!script) return false;
  const answer = await fetch('/', { cache: 'no-cache' });
  const page = answer.ok ? await answer.text() : '';
  // Somebody on the way may answer in the server's place.
  return page.includes('<div id="root">') && !page.includes(`"${script}"`);
}

const LONG = 60_000; // milliseconds that its door may stand open before somebody comes in
let known = false; // also for who signs in next

export function useUpdated(live: LiveState): boolean {
  const [updated, setUpdated] = useState(known);
  const asks = useRef(performance.now() > LONG);
  useEffect(() => {
    if (live === 'lost') asks.current = true;
    if (live !== 'live' || !asks.current) return;
    asks.current = false;
    const tell = (now: boolean) => {
      known = now;
      setUpdated(now);
    };
    isUpdated().then(tell, () => {}); // away again: asked once it is back
  }, [live]);
  return updated;
}
