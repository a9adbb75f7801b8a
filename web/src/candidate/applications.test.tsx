import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Candidate, candidateQuery, jobQuery, keys } from '../api/queries';
import { listenToKeys } from '../frame/shortcuts';
import { switchLanguage } from '../i18n';
import { Notices } from '../ui/notice';
import { Applications } from './applications';

const navigate = vi.fn();
vi.mock('@tanstack/react-router', () => ({
  Link: ({ children }: { children: ReactNode }) => <a href="/candidates">{children}</a>,
  useNavigate: () => navigate,
}));

const stage = (name: string) => ({ id: name.toLowerCase(), name });
const phases = ['Application', 'Interview', 'Offer'].map(stage);
const statuses = ['New', 'Invited'].map(stage);
const lea = {
  id: 'lea',
  applications: [
    {
      id: 'a',
      job: 'j',
      job_title: 'Baker',
      phase: phases[0]!,
      status: statuses[0]!,
      created: '2026-11-01T09:00:00.000Z',
      moved_at: null as string | null,
      moved_by: '',
    },
  ],
} as unknown as Candidate;

let queries: QueryClient;
let sent: unknown[];
beforeEach(async () => {
  await switchLanguage('en');
  sent = [];
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData(candidateQuery('lea').queryKey, lea);
  queries.setQueryData(jobQuery('j').queryKey, { id: 'j', phases, statuses } as never);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET') return new Promise(() => {});
    const body = await request.json();
    sent.push(body);
    const [application] = queries.getQueryData<Candidate>(keys.candidate('lea'))!.applications;
    return Response.json({ ...application, moved_by: 'Ada' });
  });
});
function Card() {
  const { data } = useQuery(candidateQuery('lea'));
  return data ? <Applications candidate={data} /> : null;
}
const shown = (role: string) => {
  queries.setQueryData(keys.me, { user: { id: 'ada', name: 'Ada', role } });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <Card />
        <button type="button">Elsewhere</button>
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
};

it('O-5 a phase is changed, shown at once with who did it, and taken back', async () => {
  const user = userEvent.setup();
  shown('manager');
  const phase = screen.getByRole('button', { name: /^Phase in Baker/ });
  expect(phase.textContent).toBe('Application');
  expect(screen.getByRole('button', { name: /^Status in Baker/ }).textContent).toBe('New');
  phase.focus();
  await user.keyboard('{Enter}');
  await user.click(await screen.findByRole('menuitemradio', { name: 'Interview' }));
  await waitFor(() => expect(phase.textContent).toBe('Interview'));
  expect(screen.getByText(/^by Ada, /)).toBeTruthy();
  await screen.findByText('Baker: now Interview');
  expect(sent).toEqual([{ phase: 'interview', from: { phase: 'application' } }]);
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(phase.textContent).toBe('Application'));
  expect(sent[1]).toEqual({ phase: 'application', from: { phase: 'interview' } });
});

it('O-5 a letter chooses nothing while the list is closed', async () => {
  const user = userEvent.setup();
  shown('manager');
  const phase = screen.getByRole('button', { name: /^Phase in Baker/ });
  phase.focus();
  await user.keyboard('io');
  expect(phase.textContent).toBe('Application');
  expect(sent).toEqual([]);
});

it('O-5 who may not move them reads where they are', () => {
  shown('evaluator');
  expect(screen.queryByRole('button', { name: /^Phase/ })).toBeNull();
  expect(screen.getByText('Application · New')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Add to a job' })).toBeNull();
  expect(screen.queryByRole('button', { name: /^Take out/ })).toBeNull();
});

// What the server answers when a candidate is taken out of a job; `still`: whether they are seen then.
function answering(taking: () => Response | Promise<Response>, still: boolean) {
  const asked: string[] = [];
  navigate.mockClear();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const path = url.replace(/^.*\/api\/v1/, '');
    if (method !== 'GET') asked.push(`${method} ${path}`);
    if (method !== 'GET' && path.startsWith('/applications/a?')) return taking();
    if (method !== 'GET') return new Response(null, { status: 204 });
    if (still) return Response.json({ ...lea, applications: [] });
    return Response.json(
      { code: 'candidate.missing', title: 'No', status: 404 },
      { status: 404, headers: { 'content-type': 'application/problem+json' } },
    );
  });
  return asked;
}
const takeOut = () => screen.getByRole('button', { name: 'Take out of Baker' });
const TAKEN = 'DELETE /applications/a?phase=application&status=new';

it('O-5 a candidate is taken out of a job as it was seen, and put back by a key', async () => {
  const end = listenToKeys();
  const asked = answering(() => new Response(null, { status: 204 }), true);
  const user = userEvent.setup();
  shown('manager');
  takeOut().focus();
  await user.keyboard('{Enter}');
  await screen.findByText('No longer in Baker.');
  expect(asked).toEqual([TAKEN]);
  await waitFor(() => expect(document.activeElement?.textContent).toBe('Add to a job'));
  expect(navigate).not.toHaveBeenCalled();
  await user.keyboard('z');
  await screen.findByText('Back in Baker, as before.');
  expect(asked).toEqual([TAKEN, 'DELETE /applications/a/removal']);
  end();
});

it('O-5 who saw them by that job alone is led away, and still takes it back', async () => {
  const asked = answering(() => new Response(null, { status: 204 }), false);
  const user = userEvent.setup();
  shown('manager');
  await user.click(takeOut());
  await waitFor(() => expect(navigate).toHaveBeenCalledWith({ to: '/candidates' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(asked).toHaveLength(2));
});

it('O-5 where a colleague has moved it meanwhile that is said, and nothing happens', async () => {
  const now = {
    ...lea.applications[0]!,
    phase: phases[1]!,
    moved_at: '2026-11-02T09:00:00.000Z',
    moved_by: 'Ben',
  };
  answering(
    () =>
      Response.json(
        { code: 'application.moved', title: 'Moved', status: 409, application: now },
        { status: 409, headers: { 'content-type': 'application/problem+json' } },
      ),
    true,
  );
  const user = userEvent.setup();
  shown('manager');
  await user.click(takeOut());
  await screen.findByText(/Ben.*Interview · New/);
  expect(screen.queryByText('No longer in Baker.')).toBeNull();
});

it('O-5 a second Enter takes nothing out again, and who went elsewhere stays there', async () => {
  let answer: (response: Response) => void = () => {};
  const late = () => new Promise<Response>((resolve) => (answer = resolve));
  const gone = () => answer(new Response(null, { status: 204 }));
  let asked = answering(late, true);
  const user = userEvent.setup();
  shown('manager');
  takeOut().focus();
  await user.keyboard('{Enter}{Enter}');
  screen.getByRole('button', { name: 'Elsewhere' }).focus();
  await waitFor(() => expect(asked).toHaveLength(1));
  gone();
  await screen.findByText('No longer in Baker.');
  expect(asked).toEqual([TAKEN]);
  expect(document.activeElement?.textContent).toBe('Elsewhere');

  queries.setQueryData(candidateQuery('lea').queryKey, lea);
  asked = answering(late, false);
  await user.click(await screen.findByRole('button', { name: 'Take out of Baker' }));
  window.history.pushState({}, '', '/inbox');
  await waitFor(() => expect(asked).toHaveLength(1));
  gone();
  const state = () => queries.getQueryState(candidateQuery('lea').queryKey)?.status;
  await waitFor(() => expect(state()).toBe('error'));
  await new Promise((next) => setTimeout(next));
  expect(asked).toEqual([TAKEN]);
  expect(navigate).not.toHaveBeenCalled();
  window.history.pushState({}, '', '/');
});

it('O-5 who is added to a job is taken out of it again by a key, and the list of jobs has the focus first', async () => {
  const user = userEvent.setup();
  const added = { ...lea.applications[0]!, id: 'b', job: 'k', job_title: 'Cook' };
  const done: string[] = [];
  vi.mocked(fetch).mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const { pathname } = new URL(url);
    if (method === 'GET' && pathname.endsWith('/jobs'))
      return Response.json({
        rows: [{ id: 'k', title: 'Cook', kind: 'offer', open: true }],
        next: null,
      });
    if (method === 'GET' && pathname.endsWith('/candidates/lea')) return Response.json(lea);
    if (method === 'GET') return new Promise(() => {});
    done.push(`${method} ${pathname.replace(/^.*v1/, '')}`);
    return method === 'POST' ? Response.json(added) : new Response(null, { status: 204 });
  });
  const end = listenToKeys();
  shown('manager');
  await user.click(screen.getByRole('button', { name: 'Add to a job' }));
  const choice = await screen.findByRole('combobox', { name: /Job/ });
  expect(document.activeElement).toBe(choice);
  await screen.findByRole('option', { name: 'Cook' });
  await user.selectOptions(choice, 'k');
  await user.click(screen.getByRole('button', { name: 'Add' }));
  await screen.findByText(/Cook/);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('z');
  await waitFor(() =>
    expect(done).toEqual(['POST /candidates/lea/applications', 'DELETE /applications/b']),
  );
  end();
});
