// Once the browser has nothing else to do. Where it can't say when that is (Safari), a moment later.
const MOMENT = 200; // milliseconds
const MOST = 1000; // milliseconds on a page that never rests

/** → calls it off */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(run, MOMENT);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(run, { timeout: MOST });
  return () => cancelIdleCallback(asked);
}
