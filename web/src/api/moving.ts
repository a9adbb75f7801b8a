// An application goes to another phase or status (O-5): shown at once, and taken back where the server
// refuses. Where a colleague was faster, theirs is shown.
import type { QueryClient } from '@tanstack/react-query';
import { client, ProblemError, type Schemas, unwrap } from './client';
import { type Candidate, keys } from './queries';

export type Application = Schemas['Application'];
export type Stage = Schemas['Stage'];
export type StageKind = 'phase' | 'status';

function show(
  queries: QueryClient,
  candidate: string,
  id: string,
  how: Partial<Application>,
): void {
  queries.setQueryData<Candidate>(keys.candidate(candidate), (data) =>
    data
      ? {
          ...data,
          applications: data.applications.map((one) => (one.id === id ? { ...one, ...how } : one)),
        }
      : data,
  );
}

// What is said of one application goes to the server in its order: each says what it has seen.
const under: Map<string, Promise<unknown>> = new Map();

/** Throws where it isn't there afterwards. */
export async function moveApplication(
  queries: QueryClient,
  candidate: string,
  { id, moved_at, moved_by, ...before }: Application,
  kind: StageKind,
  to: Stage,
): Promise<void> {
  const exact = { queryKey: keys.candidate(candidate), exact: true };
  void queries.cancelQueries(exact); // an answer that is under way may be from before this
  const me = queries.getQueryData<Schemas['Me']>(keys.me)?.user;
  show(queries, candidate, id, {
    [kind]: to,
    moved_at: new Date().toISOString(),
    moved_by: me?.name ?? '',
  });
  const ask = () =>
    unwrap(
      client.PATCH('/applications/{id}', {
        params: { path: { id } },
        body: { [kind]: to.id, from: { [kind]: before[kind].id } },
      }),
    );
  const asked = (under.get(id) ?? Promise.resolve()).then(ask, ask);
  under.set(id, asked);
  try {
    const now = await asked;
    if (under.get(id) === asked) show(queries, candidate, id, now);
  } catch (error) {
    const now = movedMeanwhile(error) ?? { [kind]: before[kind], moved_at, moved_by };
    if (under.get(id) === asked) show(queries, candidate, id, now);
    throw error;
  } finally {
    if (under.get(id) === asked) under.delete(id);
    void queries.invalidateQueries({ queryKey: keys.candidate(candidate) });
    void queries.invalidateQueries({ queryKey: keys.candidates });
  }
}

/** Where a colleague has moved it, who was faster. */
export const movedMeanwhile = (error: unknown): Application | undefined =>
  error instanceof ProblemError && error.code === 'application.moved'
    ? (error.problem as Schemas['MovedProblem']).application
    : undefined;
