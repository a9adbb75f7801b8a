// A person says in which conversation messages lie, or takes that back (T-5).
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { outdatePlaces } from './following';
import { keys } from './queries';

export type Part = 'message' | 'onward' | 'whole';
export type Corrected = NonNullable<Schemas['Message']['why']['corrected']>;
type Done = { id: string; thread: string }; // what takes it back, and where they lie

// Rows come and go, and messages: all of it comes anew.
function outdate(queries: QueryClient, threads: readonly string[], candidate: string): void {
  outdatePlaces(queries, () => true);
  void queries.invalidateQueries({ queryKey: keys.searches });
  void queries.invalidateQueries({ queryKey: keys.counts });
  void queries.invalidateQueries({ queryKey: keys.timeline(candidate) });
  for (const id of threads) void queries.invalidateQueries({ queryKey: keys.thread(id) });
}

type Where = { id: string; candidate: string }; // the conversation that is shown

export async function correct(
  queries: QueryClient,
  where: Where,
  what: { part: Part; message?: string; into?: string },
): Promise<Done> {
  const done = await unwrap(
    client.POST('/threads/{id}/corrections', { params: { path: { id: where.id } }, body: what }),
  );
  outdate(queries, [where.id, done.thread], where.candidate);
  return done;
}

export async function takeBack(
  queries: QueryClient,
  id: string,
  threads: readonly string[],
  candidate: string,
): Promise<void> {
  await unwrap(client.DELETE('/corrections/{id}', { params: { path: { id } } }));
  outdate(queries, threads, candidate);
}
