import { onlineManager, QueryClient } from '@tanstack/react-query';
import { beforeEach, expect, it, vi } from 'vitest';
import { forgetSession } from '../setup/leaving';
import { type Application, moveApplication, movedMeanwhile, takeOutApplication } from './moving';
import { type Candidate, keys } from './queries';

const stage = (name: string) => ({ id: name.toLowerCase(), name });
const [applied, interview, offer] = [stage('Application'), stage('Interview'), stage('Offer')];
const application: Application = {
  id: 'a',
  external_id: null,
  job: 'j',
  job_title: 'Baker',
  phase: applied,
  status: stage('New'),
  created: '2026-11-01T09:00:00.000Z',
  moved_at: null,
  moved_by: '',
};

let queries: QueryClient;
let sent: { body: unknown; answer: (response: Response) => void }[];
beforeEach(() => {
  queries = new QueryClient();
  queries.setQueryData(keys.me, { user: { id: 'ada', name: 'Ada' } });
  queries.setQueryData(keys.candidate('lea'), { id: 'lea', applications: [application] });
  sent = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const body = await (input as Request).json().catch(() => undefined);
    return new Promise((answer) => void sent.push({ body, answer }));
  });
});
const shown = () => queries.getQueryData<Candidate>(keys.candidate('lea'))!.applications[0]!;
const move = (from: Application, to: typeof offer) =>
  moveApplication(queries, 'lea', from, 'phase', to);
const moved = (to: typeof offer): Application => ({
  ...application,
  phase: to,
  moved_at: '2026-11-03T09:00:00.000Z',
  moved_by: 'Ada',
});
const problem = (code: string, more = {}) =>
  Response.json(
    { type: 'about:blank', title: 'No', status: 409, code, ...more },
    { status: 409, headers: { 'content-type': 'application/problem+json' } },
  );

it('O-5 shows a move at once, with who made it, and says where it was seen', async () => {
  const done = move(application, interview);
  expect(shown()).toMatchObject({ phase: interview, moved_by: 'Ada' });
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]!.body).toEqual({ phase: 'interview', from: { phase: 'application' } });
  sent[0]!.answer(Response.json(moved(interview)));
  await done;
  expect(shown()).toEqual(moved(interview));
});

it('O-5 takes it back where the server refuses, and shows a colleague’s who was faster', async () => {
  const refused = move(application, interview);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  sent[0]!.answer(problem('http.busy'));
  await expect(refused).rejects.toThrow();
  expect(shown()).toEqual(application);
  const late = move(application, interview);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  const theirs = { ...moved(offer), moved_by: 'Clara' };
  sent[1]!.answer(problem('application.moved', { application: theirs }));
  expect(movedMeanwhile(await late.catch((error: unknown) => error))).toEqual(theirs);
  expect(shown()).toEqual(theirs);
});

it('O-5 where two moves are refused, it is shown where it was before both', async () => {
  // Listened to at once: a refusal that nobody has heard yet counts as an error of the run.
  const ended = Promise.allSettled([move(application, interview), move(shown(), offer)]);
  for (const at of [0, 1]) {
    await vi.waitFor(() => expect(sent).toHaveLength(at + 1));
    sent[at]!.answer(problem('http.busy'));
  }
  expect((await ended).map((one) => one.status)).toEqual(['rejected', 'rejected']);
  expect(shown()).toEqual(application);
});

it('O-5 two moves go one after the other, and the first answer doesn’t show over the second', async () => {
  const first = move(application, interview);
  const second = move(shown(), offer);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  sent[0]!.answer(Response.json(moved(interview)));
  await first;
  expect(shown().phase).toEqual(offer);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]!.body).toEqual({ phase: 'offer', from: { phase: 'interview' } });
  sent[1]!.answer(Response.json(moved(offer)));
  await second;
  expect(shown()).toEqual(moved(offer));
});

it('O-5 nothing that waited for an answer is done in the name of who is in by then', async () => {
  const first = move(application, interview);
  const ended = Promise.allSettled([
    first,
    move(shown(), offer),
    takeOutApplication(queries, 'lea', application),
  ]);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  forgetSession(queries);
  queries.setQueryData(keys.me, { user: { id: 'bob', name: 'Bob' } });
  queries.setQueryData(keys.candidate('lea'), { id: 'lea', applications: [application] });
  const theirs = move(application, offer); // waits for nobody who has left
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  sent[0]!.answer(Response.json(moved(interview)));
  expect((await ended).map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(shown()).toMatchObject({ phase: offer, moved_by: 'Bob' });
  sent[1]!.answer(Response.json({ ...moved(offer), moved_by: 'Bob' }));
  await theirs;
  expect(shown()).toEqual({ ...moved(offer), moved_by: 'Bob' });
  expect(sent).toHaveLength(2);
});

it('O-5 who takes it out hears that it is done, though the network has gone since', async () => {
  const done = takeOutApplication(queries, 'lea', application);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  onlineManager.setOnline(false);
  try {
    sent[0]!.answer(new Response(null, { status: 204 }));
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    sent[1]!.answer(Response.error());
    expect(await done).toBe(true);
  } finally {
    onlineManager.setOnline(true);
  }
});
