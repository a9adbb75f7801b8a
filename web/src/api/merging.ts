// Two profiles of one person become one, and are parted again (O-5); so does the exchange with somebody who is
// no candidate with one (M-3).
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { outdatePlaces } from './following';
import { keys } from './queries';

export type MergePreview = Schemas['MergePreview'];
export type Merge = Schemas['Merge'];

// Asked anew whenever that is to be decided upon.
export const mergePreviewQuery = (kept: string, other: string) =>
  queryOptions({
    queryKey: [...keys.candidate(kept), 'merge', other] as const,
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/candidates/{id}/merge', {
          signal,
          params: { path: { id: kept }, query: { with: other } },
        }),
      ),
    staleTime: 0,
  });

// Names, conversations and who has which of them: all of it comes anew.
function outdate(queries: QueryClient): void {
  outdatePlaces(queries, () => true);
  for (const queryKey of [keys.searches, keys.counts, keys.candidates, keys.jobs, ['thread']])
    void queries.invalidateQueries({ queryKey });
  void queries.invalidateQueries({ queryKey: ['candidate'] });
}

export async function merge(
  queries: QueryClient,
  kept: string,
  body: { with: string; version: string; name: 'kept' | 'merged' },
  key: string,
): Promise<void> {
  await unwrap(
    client.POST('/candidates/{id}/merge', {
      params: { path: { id: kept }, header: { 'Idempotency-Key': key } },
      body,
    }),
  );
  outdate(queries);
}

/** Throws candidate.address-shared where somebody else has the address, unless `confirmed`. */
export async function addExchange(
  queries: QueryClient,
  thread: string,
  body: { candidate: string; confirmed: boolean },
  key: string,
): Promise<void> {
  await unwrap(
    client.POST('/threads/{id}/candidate', {
      params: { path: { id: thread }, header: { 'Idempotency-Key': key } },
      body,
    }),
  );
  outdate(queries);
}

/** Whom the conversation was with is no candidate again, whether one was made of them or they were added to one. */
export async function takeExchangeBack(queries: QueryClient, thread: string): Promise<void> {
  await unwrap(client.DELETE('/threads/{id}/candidate', { params: { path: { id: thread } } }));
  outdate(queries);
}

export async function part(queries: QueryClient, merged: string): Promise<void> {
  await unwrap(client.DELETE('/merges/{id}', { params: { path: { id: merged } } }));
  outdate(queries);
}
