// An application goes to another phase or status (O-5): shown at once, and taken back where the server
// refuses. Where a colleague was faster, theirs is shown.
import type { QueryClient } from '@tanstack/react-query';
import { client, ProblemError, type Schemas, unlessLeft, unwrap } from './client';
import { outdatePlaces } from './following';
import { type Candidate, candidateQuery, keys } from './queries';
import { forgetWith } from './rows';

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

// What is said of one application goes to the server in its order: each says what it has seen. `stands`: as
// the server has it, by what it has answered so far.
type UnderWay = { last: Promise<unknown>; stands: Partial<Application> };
const under: Map<string, UnderWay> = new Map();
forgetWith(() => under.clear());

/** Throws where it isn't there afterwards. */
export async function moveApplication(
  queries: QueryClient,
  candidate: string,
  before: Application,
  kind: StageKind,
  to: Stage,
): Promise<void> {
  const { id } = before;
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
  const way = under.get(id) ?? { last: Promise.resolve(), stands: before };
  const asked = way.last.catch(unlessLeft).then(ask);
  way.last = asked;
  under.set(id, way);
  try {
    way.stands = await asked;
  } catch (error) {
    way.stands = movedMeanwhile(error) ?? way.stands;
    throw error;
  } finally {
    if (under.get(id) === way && way.last === asked) {
      under.delete(id);
      show(queries, candidate, id, way.stands);
    }
    void queries.invalidateQueries({ queryKey: keys.candidate(candidate) });
    void queries.invalidateQueries({ queryKey: keys.candidates });
    void queries.invalidateQueries({ queryKey: keys.stageCounts });
  }
}

function outdate(queries: QueryClient, candidate: string): void {
  outdatePlaces(queries, () => true); // their conversations come and go with it
  const outdated = [
    keys.candidate(candidate),
    keys.candidates,
    keys.stageCounts,
    keys.jobs,
    keys.counts,
  ];
  for (const queryKey of outdated) void queries.invalidateQueries({ queryKey });
}

/** Out of its job, if it is where it was seen. → whether I still see the candidate. */
export async function takeOutApplication(
  queries: QueryClient,
  candidate: string,
  { id, phase, status }: Application,
): Promise<boolean> {
  await under.get(id)?.last.catch(unlessLeft); // what was said of it before is done first
  await unwrap(
    client.DELETE('/applications/{id}', {
      params: { path: { id }, query: { phase: phase.id, status: status.id } },
    }),
  );
  // Without a network that isn't known: nobody waits for one to hear that it is done.
  const asked = { ...candidateQuery(candidate), staleTime: 0, networkMode: 'always' as const };
  await queries.cancelQueries({ queryKey: asked.queryKey, exact: true }); // one that waits for it is joined else
  const sees = await queries.fetchQuery({ ...asked, retry: false }).then(
    () => true,
    (error) => !(error instanceof ProblemError && error.code === 'candidate.missing'),
  );
  outdate(queries, candidate);
  return sees;
}

export async function putBackApplication(
  queries: QueryClient,
  candidate: string,
  id: string,
): Promise<void> {
  await unwrap(client.DELETE('/applications/{id}/removal', { params: { path: { id } } }));
  outdate(queries, candidate);
}

/** Where a colleague has moved it, who was faster. */
export const movedMeanwhile = (error: unknown): Application | undefined =>
  error instanceof ProblemError && error.code === 'application.moved'
    ? (error.problem as Schemas['MovedProblem']).application
    : undefined;
