// T-4: what has come in since what is answered. The server asks about it; nobody is asked about what stood
// there when the writing began and is no person's, nor twice about what they were asked about already.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { type Message, type Thread, threadQuery } from '../api/queries';
import { cameAfter } from './reply';

export function useNewer(thread: Thread | undefined, answered: string | undefined) {
  const queries = useQueryClient();
  const after = thread && answered ? cameAfter(thread.messages, answered) : [];
  const [known] = useState(() => new Set(after.filter(isNoPersons).map(({ id }) => id)));
  const newest = useRef<readonly Message[]>([]);
  return {
    after,
    // Nothing has come in but what the writer knows of.
    isOldNews: async (): Promise<boolean> => {
      if (!thread || !answered) return false;
      const asked = threadQuery(thread.id);
      // An answer that is under way may be from before the server asked: it is joined else.
      await queries.cancelQueries({ queryKey: asked.queryKey, exact: true });
      const now = await queries.fetchQuery({
        ...asked,
        staleTime: 0,
        networkMode: 'always', // nobody waits for a network here
      });
      newest.current = cameAfter(now.messages, answered);
      return newest.current.length > 0 && newest.current.every(({ id }) => known.has(id));
    },
    // The writer was asked about it, and has answered.
    answeredFor: () => {
      for (const { id } of newest.current) known.add(id);
    },
  };
}

const isNoPersons = ({ kind }: Message) => kind !== 'human';
