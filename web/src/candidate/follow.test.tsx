import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Candidate, candidateQuery, jobListQuery, keys } from '../api/queries';
import { switchLanguage } from '../i18n';
import { forgetSession } from '../setup/leaving';
import { Notices } from '../ui/notice';
import { candidateOf } from './candidate.fixtures';
import { FollowCandidate, FollowJob } from './follow';

const person = (name: string) => ({ id: name.toLowerCase(), name });
const lea = candidateOf('lea', { name: 'Lea' });
const job = {
  id: 'j',
  external_id: null,
  title: 'Engineer',
  kind: 'offer' as const,
  open: true,
  team: [],
  candidates: 1,
  followed: false,
  phases: [],
  statuses: [],
  version: 1,
};

let queries: QueryClient;
let sent: string[];
let answer: (response: Response) => void;
beforeEach(async () => {
  await switchLanguage('en');
  sent = [];
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', name: 'Ada' } });
  vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
    const request = input as Request;
    sent.push(`${request.method} ${new URL(request.url).pathname.replace('/api/v1', '')}`);
    if (request.method === 'GET') return new Promise(() => {});
    return new Promise((done) => {
      answer = done;
    });
  });
});
const shown = (what: React.ReactNode) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>{what}</Tooltip.Provider>
    </QueryClientProvider>,
  );
function Card({ with: more }: { with?: Partial<Candidate> }) {
  const candidate = { ...lea, ...more };
  queries.setQueryData(candidateQuery('lea').queryKey, (before) => before ?? candidate);
  return <FollowCandidate candidate={queries.getQueryData<Candidate>(keys.candidate('lea'))!} />;
}
const refusal = () =>
  Response.json(
    { type: 'about:blank', title: 'No', status: 409, code: 'follows.too-many-candidates' },
    { status: 409, headers: { 'content-type': 'application/problem+json' } },
  );

describe('M-2 following', () => {
  it('shows at once, with me among the followers, and is taken back where it is refused', async () => {
    const user = userEvent.setup();
    const view = shown(<Card />);
    await user.click(screen.getByRole('button', { name: 'Follow' }));
    const said = () => queries.getQueryData<Candidate>(keys.candidate('lea'));
    expect(said()).toMatchObject({ followed: true, followers: [person('Ada')] });
    await waitFor(() => expect(sent).toContain('PUT /candidates/lea/follow'));
    view.rerender(
      <QueryClientProvider client={queries}>
        <Tooltip.Provider>
          <Card />
        </Tooltip.Provider>
      </QueryClientProvider>,
    );
    // The same button: whoever pressed it by key still has it.
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Following' }));
    expect(screen.getByText('Followed by you')).toBeTruthy();
    answer(refusal());
    await waitFor(() => expect(said()).toMatchObject({ followed: false, followers: [] }));
  });
  it('outdates the views of what is followed, and no others', async () => {
    const user = userEvent.setup();
    for (const place of ['all', 'followed-candidates', 'followed-jobs'] as const)
      queries.setQueryData(keys.threadList({ place }), { pages: [], pageParams: [] });
    const head = keys.threadHead({ place: 'followed-jobs' });
    queries.setQueryData(head, { rows: [], next: null });
    shown(<Card with={{ followed: true, followers: [person('Ada')] }} />);
    await user.click(screen.getByRole('button', { name: 'Following' }));
    await waitFor(() => expect(sent).toEqual(['DELETE /candidates/lea/follow']));
    answer(new Response(null, { status: 204 }));
    const stale = (place: 'all' | 'followed-candidates' | 'followed-jobs') =>
      queries.getQueryState(keys.threadList({ place }))?.isInvalidated;
    await waitFor(() => expect(stale('followed-candidates')).toBe(true));
    expect(stale('followed-jobs')).toBe(true);
    expect(stale('all')).toBe(false);
    // What an old head still has would come back into the list.
    expect(queries.getQueryData(head)).toBeUndefined();
  });
  it('a job, in every list of jobs', async () => {
    const user = userEvent.setup();
    queries.setQueryData(jobListQuery.queryKey, {
      pages: [{ rows: [job], next: null }],
      pageParams: [''],
    });
    queries.setQueryData([...keys.jobs, 'page', {}], { rows: [job], next: null });
    queries.setQueryData([...keys.jobs, 'one', 'j'], job);
    shown(<FollowJob job={job} />);
    await user.click(screen.getByRole('button', { name: 'Follow Engineer' }));
    await waitFor(() => expect(sent).toEqual(['PUT /jobs/j/follow']));
    const said = JSON.stringify(queries.getQueriesData({ queryKey: keys.jobs }));
    expect(said.match(/"followed":true/g)).toHaveLength(3);
    expect(said).not.toContain('"followed":false');
  });
  const cases: [string, Partial<Candidate>][] = [
    ['', {}],
    ['Followed by Ben', { followers: [person('Ben')] }],
    [
      'Followed by you, Ben, and Cleo',
      { followed: true, followers: [person('Ben'), person('Ada'), person('Cleo')] },
    ],
    [
      'Followed by you, Ben, and 2 more',
      {
        followed: true,
        followers: [person('Ben'), person('Ada'), person('Cleo'), person('Dan')],
      },
    ],
    // I am among those who aren't named.
    [
      'Followed by you, Ben, and 21 more',
      {
        followed: true,
        followers: ['Ben', ...Array.from({ length: 19 }, (_, i) => `P${i}`)].map(person),
        followers_left_out: 3,
      },
    ],
  ];
  for (const [words, more] of cases)
    it(`says who does: ${words || 'nobody'}`, () => {
      shown(<Card with={more} />);
      if (words) expect(screen.getByText(words)).toBeTruthy();
      else expect(screen.queryByText(/Followed by/)).toBeNull();
    });
});

it('what was said by who has signed out is nothing to who comes next', async () => {
  shown(
    <>
      <FollowCandidate candidate={lea} />
      <FollowJob job={{ ...job, id: 'lea' }} />
      <Notices />
    </>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'Follow' }));
  await userEvent.click(screen.getByRole('button', { name: /^Follow Engineer/ })); // waits its turn
  act(() => forgetSession(queries));
  await act(async () => answer(new Response(null, { status: 500 })));
  await act(() => new Promise((done) => setTimeout(done, 20)));
  expect(sent.filter((one) => one.startsWith('PUT'))).toHaveLength(1);
  expect(document.querySelectorAll('.notice')).toHaveLength(0);
});
