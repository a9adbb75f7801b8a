// A composer over a conversation, and the server that it talks to.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, vi } from 'vitest';
import { keys, type Thread } from '../api/queries';
import { Notices } from '../ui/notice';
import { Composer, type ComposerProps } from './composer';
import { type Draft, keepDraft } from './drafts';

export const ME = {
  id: 'anna',
  name: 'Anna',
  email: 'anna@n.example',
  role: 'admin',
  all_jobs: true,
  language: 'en',
  time_zone: 'UTC',
  active: true,
};
export const message = {
  id: 'm1',
  from: [{ name: 'Léa', address: 'lea@c.example' }],
  to: [{ name: 'Anna', address: 'anna@n.example' }],
  cc: [],
  people_left_out: 0,
  subject: 'Hello',
  date: '2026-01-01T00:00:00Z',
  kind: 'human' as const,
  direction: 'incoming' as const,
  snippet: '',
  attachments: [],
  versions: 1,
  version_of: null,
  version_in: [],
  why: { by: 'address' as const, detail: '', corrected: null },
  outbox: null,
};
export const thread: Thread = {
  id: 't1',
  candidate: 'lea',
  candidate_name: 'Léa',
  non_candidate: false,
  subject: 'Hello',
  kind: 'conversation',
  triage: 'to_answer',
  asked_at: null,
  waits: false,
  unread: false,
  marked_unread: false,
  came: 1,
  count: 1,
  messages: [message],
  older: null,
};
export const draft: Draft = {
  mailbox: 'box',
  to: [{ name: 'Léa', address: 'lea@c.example' }],
  cc: [],
  bcc: [],
  subject: 'Re: Hello',
  rich: false,
  html: '<p>Dear Léa</p>',
  text: 'Dear Léa',
  uploads: [],
  quote: false,
};
export const OUTBOX = {
  id: 'o1',
  state: 'queued',
  mine: true,
  thread: 't1',
  candidate: 'lea',
  message: 'm2',
  created: '2026-01-01T00:00:00Z',
  sent: null,
  attempts: 0,
  next_try: null,
  copy_filed: false,
  why: '',
  answer: '',
};

type Sent = { key: string | null; body: Record<string, unknown> };
/** What was sent to it, what it answers, and the conversation as it has it. */
export const server = {
  sent: [] as Sent[],
  insteadOf: [] as (string | null)[], // what each of these is to be instead of
  answers: [] as (() => Response | Promise<Response>)[],
  bodies: [] as (() => Response | Promise<Response>)[], // of what is quoted
  now: thread,
};
export let queries: QueryClient;
export const router = createRouter({
  routeTree: createRootRoute(),
  history: createMemoryHistory({ initialEntries: ['/all/t1'] }),
});

export const BODY = { text: 'Hi', fresh: 'Hi', quoted: '', signature: '', html: '', defects: [] };

export const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
export const problem = (status: number, code: string, more = {}) =>
  json(status, { type: 'about:blank', title: code, status, code, ...more });
/** The server's question about what has come to the conversation up to then. */
export const newer =
  (came: number, thread = 't1') =>
  () =>
    problem(409, 'thread.newer-message', { came, thread });

const SESSION = { user: ME, company: { id: 'c', name: 'N' }, events_since: 'mark' };
const MAILBOXES = [
  { id: 'box', address: 'anna@n.example', address_proof: 'sign_in', state: 'active' },
];
const LEA = {
  id: 'lea',
  name: 'Léa',
  addresses: [{ address: 'lea@c.example', synced: true }],
  applications: [],
  seen_by: [
    { id: 'anna', name: 'Anna', email: 'anna@n.example' },
    { id: 'mira', name: 'Mira Osei', email: 'mira@n.example' },
  ],
};
// What is asked for once more, as whoever signs in again does, is what it was.
const STANDING: Record<string, unknown> = {
  '/me': SESSION,
  '/mailboxes': { rows: MAILBOXES, next: null },
  '/candidates/lea': LEA,
};

beforeEach(() => {
  server.sent = [];
  server.insteadOf = [];
  server.answers = [];
  server.bodies = [];
  server.now = thread;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.url.endsWith('/body')) return (await server.bodies.shift()?.()) ?? json(200, BODY);
    const known = STANDING[new URL(request.url).pathname.replace(/^.*\/v1/, '')];
    if (known) return json(200, known);
    if (!request.url.endsWith('/messages')) return json(200, server.now);
    server.insteadOf.push(request.headers.get('Idempotency-Instead-Of'));
    server.sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.json() });
    return (await server.answers.shift()?.()) ?? json(202, OUTBOX);
  });
  queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  queries.setQueryData(keys.me, SESSION);
  queries.setQueryData(keys.mailboxes, MAILBOXES);
  queries.setQueryData(keys.candidate('lea'), LEA);
  queries.setQueryData(keys.thread('t1'), thread);
  queries.setQueryData(keys.body('m1'), BODY);
});

export function show(onClose = vi.fn()) {
  keepDraft('anna', 'thread:t1', draft);
  return open(onClose);
}
export function open(onClose = vi.fn()) {
  render(written(onClose));
  return onClose;
}
export const written = (
  onClose: () => void,
  where = thread,
  props: Partial<ComposerProps> = {},
) => (
  <QueryClientProvider client={queries}>
    <RouterContextProvider router={router}>
      <Tooltip.Provider>
        <Composer
          thread={where}
          candidate={{ id: 'lea', name: 'Léa' }}
          replyTo={message}
          onClose={onClose}
          onUndo={() => {}}
          {...props}
        />
      </Tooltip.Provider>
    </RouterContextProvider>
  </QueryClientProvider>
);
/** A first message, as long as nothing else is said. */
export const newMessage = (props: Partial<ComposerProps> = {}) => (
  <QueryClientProvider client={queries}>
    <RouterContextProvider router={router}>
      <Tooltip.Provider>
        <Composer
          candidate={{ id: 'lea', name: 'Léa' }}
          onClose={() => {}}
          onUndo={() => {}}
          {...props}
        />
      </Tooltip.Provider>
    </RouterContextProvider>
  </QueryClientProvider>
);
export const notices = () =>
  render(
    <Tooltip.Provider>
      <Notices />
    </Tooltip.Provider>,
  );

/** The next message isn't answered until this is called. */
export function answerLater(): (response: Response | Promise<Response>) => void {
  let answer: (response: Response | Promise<Response>) => void = () => {};
  server.answers = [
    () =>
      new Promise<Response>((resolve) => {
        answer = resolve;
      }),
  ];
  return (response) => answer(response);
}

/** Sent, and gone on from before it was answered. */
export async function sendAndGoOn() {
  const answer = answerLater();
  const closed = show();
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(server.sent).toHaveLength(1));
  cleanup();
  return { answer, closed };
}
