// What is asked for next is there before it is: a click and j are answered from what has come already. Whoever only
// fetches a conversation has read nothing of it: that is said by what shows it (useReading).
import { useQueryClient } from '@tanstack/react-query';
import { useContext, useEffect } from 'react';
import { fetchAhead } from '../api/queries';
import { fetchModule } from '../ui/fetch-module';
import { whenIdle } from '../ui/idle';
import { BesideList } from './put-away';

/** The code of what a row opens, once rows stand there: no first visit waits for it. */
export function useCodeAhead(shown: boolean): void {
  useEffect(() => {
    if (!shown) return;
    return whenIdle(() => void fetchModule(() => import('../thread/thread')).catch(() => {}));
  }, [shown]);
}

/** Those to which j and k lead from this one, once it is there itself: one after the other, the next one first. */
export function useNeighborsAhead(id: string, shown: boolean): void {
  const queries = useQueryClient();
  const list = useContext(BesideList);
  useEffect(() => {
    if (!shown || !list) return;
    let left = false;
    const fetch = async () => {
      for (const one of [list.next(id), list.previous?.(id)]) {
        if (one && !left) await fetchAhead(queries, one);
      }
    };
    const forget = whenIdle(() => void fetch());
    return () => {
      left = true;
      forget();
    };
  }, [id, shown, list, queries]);
}
