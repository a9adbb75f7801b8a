// Following candidates and jobs (M-2): shown at once, and taken back where the server refuses.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { type Candidate, keys, type Place, type ThreadFilter } from './queries';
import { words } from './rows';

export type Followed = { kind: 'candidates' | 'jobs'; id: string };
type Job = Schemas['Job'];
type Jobs = { rows: Job[] };

// What stands in these places has changed: their lists come anew, as a whole, since no head tells what has
// left them. The old heads are forgotten first: what is in a head and not in the list would be news to it.
export function outdatePlaces(queries: QueryClient, which: (place: Place) => boolean): void {
  const ofThese = (kind: 'head' | 'list') => ({
    queryKey: [...keys.threads, kind],
    predicate: ({ queryKey }: { queryKey: readonly unknown[] }) =>
      which((queryKey[2] as ThreadFilter).place),
  });
  void queries.resetQueries(ofThese('head'));
  void queries.invalidateQueries(ofThese('list'));
}
export const outdateFollowed = (queries: QueryClient) =>
  outdatePlaces(queries, (place) => place.startsWith('followed-'));

function showCandidate(queries: QueryClient, id: string, followed: boolean): void {
  const me = queries.getQueryData<Schemas['Me']>(keys.me)?.user;
  queries.setQueryData<Candidate>(keys.candidate(id), (candidate) => {
    if (!candidate || candidate.followed === followed) return candidate;
    const others = candidate.followers.filter((one) => one.id !== me?.id);
    const mine = me ? [{ id: me.id, name: me.name }] : [];
    return { ...candidate, followed, followers: followed ? [...others, ...mine] : others };
  });
}

function showJob(queries: QueryClient, id: string, followed: boolean): void {
  const patched = (job: Job) => (job.id === id ? { ...job, followed } : job);
  queries.setQueriesData<Job | Jobs | InfiniteData<Jobs>>({ queryKey: keys.jobs }, (data) => {
    if (!data) return data;
    if ('id' in data) return patched(data);
    if ('rows' in data) return { ...data, rows: data.rows.map(patched) };
    const pages = data.pages.map((page) => ({ ...page, rows: page.rows.map(patched) }));
    return { ...data, pages };
  });
}

const say = words<boolean>();

/** At once; where the server refuses, it is taken back, and this throws. */
export async function setFollowed(
  queries: QueryClient,
  { kind, id }: Followed,
  follows: boolean,
): Promise<void> {
  const asked = kind === 'jobs' ? keys.jobs : keys.candidate(id);
  const show = kind === 'jobs' ? showJob : showCandidate;
  const exact = kind === 'candidates'; // not what lies with the candidate
  // An answer that is under way may be from before this.
  void queries.cancelQueries({ queryKey: asked, exact });
  show(queries, id, follows);
  const at = { params: { path: { id } } };
  await say(
    id,
    { was: !follows, to: follows },
    () =>
      unwrap(
        kind === 'jobs'
          ? follows
            ? client.PUT('/jobs/{id}/follow', at)
            : client.DELETE('/jobs/{id}/follow', at)
          : follows
            ? client.PUT('/candidates/{id}/follow', at)
            : client.DELETE('/candidates/{id}/follow', at),
      ),
    (stands) => {
      show(queries, id, stands);
      void queries.invalidateQueries({ queryKey: asked, exact });
      outdateFollowed(queries);
    },
  );
}
