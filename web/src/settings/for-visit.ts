// What is typed to connect a mailbox stays while its user goes elsewhere and comes back, in this page alone: it
// goes with the session, or with the tab, and is never stored.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { type Dispatch, type SetStateAction, useEffect, useState } from 'react';

const ALL = ['add-email'];

/** keep: what of it may stay. */
export function useForVisit<T>(
  name: string,
  first: T,
  keep: (value: T) => T = (value) => value,
): [T, Dispatch<SetStateAction<T>>] {
  const queries = useQueryClient();
  const [value, setValue] = useState<T>(() => queries.getQueryData<T>([...ALL, name]) ?? first);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as the value changes
  useEffect(() => {
    queries.setQueryDefaults(ALL, { gcTime: Number.POSITIVE_INFINITY });
    const kept = keep(value);
    // Nothing can be kept by that name else: what was before would come back.
    if (kept === undefined) queries.removeQueries({ queryKey: [...ALL, name], exact: true });
    else queries.setQueryData([...ALL, name], kept);
  }, [value]);
  return [value, setValue];
}

export const forgetVisit = (queries: QueryClient): void => queries.removeQueries({ queryKey: ALL });
