// The draft that a composer works on: kept shortly after the last key, and at once when the composer or
// the writer goes away. Another tab may have the same conversation open: what is written there appears
// here, and what is sent or discarded there isn't offered here once more.
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type Draft,
  dropDraft,
  hasDraft,
  keepDraft,
  readDraft,
  sameDraft,
  tellThisTab,
  watchDraft,
} from './drafts';

const PAUSE = 300;

// Two tabs went on from `base`: what this one has changed since stays, all else is the other one's.
export function merged(base: Draft, mine: Draft, theirs: Draft): Draft {
  const changed = Object.entries(mine).filter(
    ([name, value]) => base[name as keyof Draft] !== value,
  );
  const added = mine.uploads.filter(
    (one) => ![...base.uploads, ...theirs.uploads].some((other) => other.id === one.id),
  );
  const removed = base.uploads.filter((one) => !mine.uploads.some((other) => other.id === one.id));
  const left = theirs.uploads.filter((one) => !removed.some((other) => other.id === one.id));
  return { ...theirs, ...Object.fromEntries(changed), uploads: [...left, ...added] };
}

// Those on the table in this page: what is done to a draft from outside is done to what stands there.
const tables = new Set<() => void>();
export function keepTables(): void {
  for (const keep of tables) keep();
}

// `goesOn`: what becomes of a draft that lay there.
export function useKept(
  user: string,
  about: string,
  fresh: Draft,
  goesOn: (stored: Draft) => Draft,
  onGone: (said: boolean) => void,
) {
  const [first] = useState(() => readDraft(user, about));
  const [draft, setDraft] = useState(() => (first ? goesOn(first) : fresh));
  const [touched, setTouched] = useState(first !== undefined);
  const [taken, setTaken] = useState(0); // how often another tab's words took the place of these
  const agreed = useRef(draft); // what is stored, or was begun with
  const kept = useRef(draft); // that, or what no storage took
  const finished = useRef(false);
  const gone = useRef(onGone);
  gone.current = onGone;
  // Ahead of what is shown: nothing that was written is left out because it isn't yet.
  const latest = useRef({ draft, touched });

  const put = useCallback((draft: Draft) => {
    latest.current = { draft, touched: true };
    setTouched(true);
    setDraft(draft);
  }, []);
  const change = useCallback(
    (part: Partial<Draft> | ((before: Draft) => Partial<Draft>)) => {
      const { draft: before } = latest.current;
      put({ ...before, ...(typeof part === 'function' ? part(before) : part) });
    },
    [put],
  );
  const store = useCallback(
    (draft: Draft) => {
      kept.current = draft;
      if (keepDraft(user, about, draft)) agreed.current = draft;
    },
    [user, about],
  );
  const keep = useCallback(() => {
    const { draft, touched } = latest.current;
    if (touched && !finished.current && draft !== kept.current) store(draft);
  }, [store]);
  // It goes out: as long as it is stored, nobody has discarded it.
  const keepSent = useCallback(() => {
    keep();
    if (!hasDraft(user, about)) store(latest.current.draft);
  }, [user, about, keep, store]);
  // The draft is done with. With `sent` only so much of it: an answer may take its time, and what was
  // written since, here or in another tab, is on no table but in this storage.
  const finish = useCallback(
    (sent?: Draft) => {
      if (sent && !sameDraft(latest.current.draft, sent)) keep();
      finished.current = true;
      const stored = readDraft(user, about);
      if (!sent || !stored || sameDraft(stored, sent)) dropDraft(user, about);
      tellThisTab(user, about); // whoever went on and came back has it on the table once more
    },
    [user, about, keep],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, before anything is sent
  useEffect(() => {
    if (first && draft !== first) store(draft);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change begins the wait anew
  useEffect(() => {
    const timer = setTimeout(keep, PAUSE);
    return () => clearTimeout(timer);
  }, [draft, keep]);
  useEffect(() => {
    tables.add(keep);
    window.addEventListener('blur', keep);
    window.addEventListener('pagehide', keep);
    return () => {
      tables.delete(keep);
      window.removeEventListener('blur', keep);
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, [keep]);

  useEffect(
    () =>
      watchDraft(user, about, (theirs, forgotten) => {
        const { draft: mine } = latest.current;
        if (finished.current) return;
        if (!theirs) {
          if (!forgotten && mine !== agreed.current) return; // written on here: it is kept again
          finished.current = true;
          gone.current(!forgotten);
          return;
        }
        const now = merged(agreed.current, mine, theirs);
        agreed.current = mine === agreed.current ? now : theirs;
        kept.current = agreed.current;
        put(now);
        if (now.html !== mine.html) setTaken((times) => times + 1);
      }),
    [user, about, put],
  );
  return { draft, touched, taken, change, keep, keepSent, finish };
}
