import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys, makeQueryClient } from '../api/queries';
import { listenToKeys } from '../frame/shortcuts';
import { GAP } from './asking';
import { addWords, SearchPlace, stillAsked } from './place';

await addWords();

const at = '2026-11-20T10:00:00.000Z';
const thread = (id: string, candidate_name: string) => ({
  id,
  candidate: 'c1',
  candidate_name,
  jobs: ['Welder'],
  subject: 'My application',
  kind: 'conversation',
  messages: 2,
  last_at: at,
  last_from: 'lea@c.example',
  last_direction: 'incoming',
  last_kind: 'human',
  last_snippet: 'Good morning',
  has_attachments: false,
  last_outbox_state: null,
  triage: null,
  asked_at: null,
  waits: false,
  unread: true,
  came: 1,
  done_by: [],
  done_by_others: 0,
});
const empty = {
  query: { words: [], problems: [] as { code: string; part: string }[] },
  candidates: [] as object[],
  jobs: [] as object[],
  people: [] as object[],
  conversations: [] as object[],
  next: null,
  complete: true,
};
const noFiles = {
  query: empty.query,
  files: [] as object[],
  next: null as string | null,
  complete: true,
};
const found = (id: string, text: string) => ({
  thread: thread(id, 'Léa Martin'),
  match: { message: `${id}-m`, at, where: 'text', file: null, excerpt: [{ text, hit: true }] },
});

let answers: Record<string, (q: string) => unknown>;
let asked: string[];
beforeEach(() => {
  asked = [];
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
  answers = {
    '/search': () => empty,
    '/search/files': () => noFiles,
    '/candidates': () => ({
      rows: [{ id: 'c1', name: 'Léa Martin', addresses: ['lea@c.example'], applications: [] }],
      next: null,
    }),
    '/users': () => ({ rows: [{ id: 'u1', name: 'Clara', email: 'clara@l.example' }], next: null }),
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { url, signal } = input as Request;
    const { pathname, searchParams } = new URL(url);
    const path = pathname.replace('/api/v1', '');
    const q = searchParams.get('q') ?? '';
    if (path === '/search') asked.push(q);
    const data = await answers[path]?.(q);
    signal.throwIfAborted();
    if (data instanceof Response) return data;
    return Response.json(data ?? { rows: [], next: null });
  });
});

function open(address: string) {
  const queries = makeQueryClient(() => {});
  queries.setQueryData(keys.me, { user: { id: 'ada', time_zone: 'UTC', role: 'admin' } } as never);
  const root = createRootRoute({ component: Outlet });
  const under = (path: string, name: string) =>
    createRoute({ getParentRoute: () => root, path, component: () => <p>{name}</p> });
  const search = createRoute({
    getParentRoute: () => root,
    path: '/search',
    validateSearch: ({ q, files }: Record<string, unknown>): { q?: string; files?: boolean } => ({
      ...(q ? { q: `${q}` } : {}),
      ...(files === true ? { files } : {}),
    }),
    component: SearchPlace,
  });
  const one = createRoute({
    getParentRoute: () => search,
    path: '$threadId',
    component: () => <p>the conversation</p>,
  });
  const router = createRouter({
    routeTree: root.addChildren([
      search.addChildren([one]),
      under('/candidates', 'the candidates'),
      under('/candidates/$candidateId', 'the candidate'),
      under('/inbox', 'the inbox'),
    ]),
    history: createMemoryHistory({ initialEntries: [address] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  return router;
}
const box = () => screen.findByRole('combobox', { name: 'Search everything' });

it('M-6 an address that lags behind takes back nothing of what was typed', () => {
  expect(stillAsked(['', 'mon', 'montag'], 'mon')).toEqual(['mon', 'montag']);
  expect(stillAsked(['mon', 'montag'], 'montag')).toEqual(['montag']);
  expect(stillAsked(['', 'mon', 'montag'], 'montag')).toEqual(['montag']);
  expect(stillAsked(['', 'm', 'mo', 'm'], 'm')).toEqual(['m']);
  expect(stillAsked(['', 'mon'], 'another')).toBeUndefined(); // a link, or the way back
  expect(stillAsked(['mon'], '')).toBeUndefined();
});

it('M-6 what is typed is asked for at once, and stands in the address', async () => {
  answers['/search'] = (q) => ({ ...empty, conversations: [found('t1', q)] });
  const router = open('/search');
  const input = await box();
  expect(document.activeElement).toBe(input);
  await userEvent.keyboard('z');
  await waitFor(() => expect(asked).toEqual(['z']), { interval: 5, timeout: GAP });
  await userEvent.keyboard('ürich');
  expect((await screen.findByText('zürich', { selector: 'mark' })).closest('a')?.search).toContain(
    'message=t1-m',
  );
  expect(router.state.location.search).toEqual({ q: 'zürich' });
  expect(asked.at(-1)).toBe('zürich');
  expect(router.history.length).toBe(1); // typing leaves no trail
});

it('M-6 newer words wait for the answer to older ones for a while, then take its place', async () => {
  const signals: Record<string, AbortSignal> = {};
  const answer: Record<string, () => void> = {};
  const before = vi.mocked(fetch).getMockImplementation()!;
  vi.mocked(fetch).mockImplementation((input) => {
    const { url, signal } = input as Request;
    const q = new URL(url).searchParams.get('q');
    if (url.includes('/search?') && q) signals[q] = signal;
    return before(input);
  });
  answers['/search'] = async (q) => {
    await new Promise<void>((go) => {
      answer[q] = go;
    });
    return { ...empty, conversations: [found('t1', `answer to ${q}`)] };
  };
  open('/search');
  await box();
  await userEvent.keyboard('a');
  await waitFor(() => expect(asked).toEqual(['a']));
  answer['a']!();
  await screen.findByText('answer to a');
  await userEvent.paste('bc');
  await waitFor(() => expect(asked).toEqual(['a', 'abc']));
  // What was found last stands there, and says after a while that it is the last.
  await userEvent.paste('d');
  await waitFor(() => expect(asked).toEqual(['a', 'abc', 'abcd']));
  expect(signals['abc']!.aborted).toBe(true);
  const list = screen.getByText('answer to a').closest('.list-body')!;
  await waitFor(() => expect(list.classList.contains('search-before')).toBe(true));
  answer['abcd']!();
  await screen.findByText('answer to abcd');
  expect(list.classList.contains('search-before')).toBe(false);
});

it('M-6 half a filter isn’t told of while it is typed', async () => {
  answers['/search'] = (q) => ({
    ...empty,
    query: { words: [], problems: q === 'before:2' ? [{ code: 'search.bad-date', part: q }] : [] },
    conversations: [found('t1', `answer to ${q}`)],
  });
  open('/search');
  await box();
  await userEvent.keyboard('before:2');
  await screen.findByText('answer to before:2');
  expect(screen.queryByText(/has no date/)).toBeNull();
  await screen.findByText('before:2 has no date that can be read');
});

it('M-6 shows what was found in groups, candidates first, and one stop for all', async () => {
  answers['/search'] = () => ({
    ...empty,
    candidates: [{ id: 'c1', name: 'Léa Martin', jobs: ['Welder'] }],
    jobs: [{ id: 'j1', title: 'Welder', open: false }],
    people: [{ id: 'u1', name: 'Clara Weiss' }],
    conversations: [found('t1', 'weld')],
  });
  open('/search?q=weld');
  await screen.findByText('weld', { selector: 'mark' });
  expect(screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent)).toEqual([
    'Candidates',
    'Jobs',
    'Colleagues',
    'Conversations',
    'Everything in one box',
  ]);
  const links = screen.getAllByRole('listitem').map((one) => one.querySelector('a')!);
  expect(links.map((one) => one.tabIndex)).toEqual([0, -1, -1, -1]);
  expect(links.map((one) => decodeURIComponent(one.href.replace(location.origin, '')))).toEqual([
    '/candidates/c1',
    '/candidates?job=j1',
    expect.stringMatching(/^\/search\?q=from:"Clara\+Weiss"$/),
    '/search/t1?q=weld&message=t1-m',
  ]);
});

const onProfile = (file: string, filename: string, more: object = {}) => ({
  candidate: { id: 'c1', name: 'Léa Martin' },
  file,
  filename,
  type: 'application/pdf',
  octets: 1000,
  added_by: 'Clara Weiss',
  at,
  where: 'contents',
  excerpt: [
    { text: 'I weld in ', hit: false },
    { text: 'Zürich', hit: true },
  ],
  ...more,
});

it('M-6 W-9 files on profiles stand before the conversations, and lead to the file itself', async () => {
  answers['/search'] = () => ({
    ...empty,
    candidates: [{ id: 'c1', name: 'Léa Martin', jobs: ['Welder'] }],
    conversations: [found('t1', 'mail')],
  });
  answers['/search/files'] = () => ({
    ...noFiles,
    files: [
      onProfile('f1', 'CV.pdf'),
      onProfile('f2', 'Zürich.pdf', {
        where: 'files',
        excerpt: [
          { text: 'Zürich', hit: true },
          { text: '.pdf', hit: false },
        ],
      }),
    ],
  });
  open('/search?q=zurich');
  const marks = await screen.findAllByText('Zürich', { selector: 'mark' });
  expect(marks).toHaveLength(2);
  expect(screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent)).toEqual([
    'Candidates',
    'Files on profiles',
    'Conversations',
    'Everything in one box',
  ]);
  const rows = screen.getAllByRole('listitem');
  expect(rows[1]?.textContent).toMatch(/CV\.pdf.*Léa Martin · I weld in Zürich/);
  expect(rows[2]?.textContent).toMatch(/Zürich\.pdf.*Léa Martin · added by Clara Weiss/);
  expect(rows.map((one) => one.querySelector('a')!.href.replace(location.origin, ''))).toEqual([
    '/candidates/c1',
    '/candidates/c1?file=f1',
    '/candidates/c1?file=f2',
    '/search/t1?q=zurich&message=t1-m',
  ]);
  expect(screen.queryByText(/All files on profiles/)).toBeNull();
  screen.getByText('4 results', { selector: '[role=status]' });
});

it('M-6 W-9 of many files a few stand there, all where they alone are asked for, by keys as well', async () => {
  const at: (string | null)[] = [];
  vi.mocked(globalThis.fetch).mockImplementation(async (input) => {
    const { pathname, searchParams } = new URL((input as Request).url);
    if (pathname.endsWith('/search')) {
      return Response.json({ ...empty, conversations: [found('t1', 'mail')] });
    }
    const cursor = searchParams.get('cursor');
    if (searchParams.get('limit') === '3') {
      return Response.json({ ...noFiles, files: [onProfile('f1', '1.pdf')], next: 'more' });
    }
    at.push(cursor);
    return Response.json(
      cursor
        ? { ...noFiles, files: [onProfile('f2', '2.pdf')] }
        : { ...noFiles, files: [onProfile('f1', '1.pdf')], next: 'two' },
    );
  });
  const router = open('/search?q=zurich');
  const all = await screen.findByRole('link', { name: 'All files on profiles for “zurich”' });
  (await screen.findByText('1.pdf')).closest('a')!.focus();
  await userEvent.keyboard('{ArrowDown}');
  await waitFor(() => expect(document.activeElement).toBe(all));
  await userEvent.keyboard('{Enter}');
  await screen.findByText('2.pdf');
  expect(router.state.location.search).toEqual({ q: 'zurich', files: true });
  expect(at).toEqual([null, 'two']);
  expect(screen.queryByText('Conversations')).toBeNull();
  await userEvent.click(screen.getByRole('link', { name: 'Everything for “zurich”' }));
  await screen.findByText('mail', { selector: 'mark' });
  expect(router.state.location.search).toEqual({ q: 'zurich' });
});

it('M-6 W-9 says that a file still waits to be read, and finds files alone', async () => {
  answers['/search/files'] = () => ({
    ...noFiles,
    files: [onProfile('f1', 'CV.pdf')],
    complete: false,
  });
  open('/search?q=zurich');
  await screen.findByText('CV.pdf');
  await screen.findByText(/still being made searchable/);
  expect(screen.queryByText(/^Nothing found/)).toBeNull();
});

it('M-6 an answer that comes late takes the place of none that was asked for after it', async () => {
  let late: () => void = () => {};
  answers['/search'] = async (q) => {
    if (q === 'a') await new Promise<void>((go) => (late = go));
    return { ...empty, conversations: [found('t1', `answer to ${q}`)] };
  };
  open('/search');
  await box();
  await userEvent.keyboard('a');
  await waitFor(() => expect(asked).toEqual(['a']));
  await userEvent.keyboard('b');
  await screen.findByText('answer to ab');
  late();
  await new Promise((on) => setTimeout(on, 50));
  expect(screen.queryByText('answer to a')).toBeNull();
});

it('M-6 filters and their values are completed by the keys', async () => {
  open('/search');
  const input = (await box()) as HTMLInputElement;
  await userEvent.keyboard('fr');
  await screen.findByRole('option', { name: /from:/ });
  expect(input.getAttribute('aria-expanded')).toBe('true');
  expect(input.getAttribute('aria-activedescendant')).toBeNull();
  await userEvent.keyboard('{Tab}');
  expect(input.value).toBe('from:');
  const lea = await screen.findByRole('option', { name: /Léa Martin/ });
  await screen.findByRole('option', { name: /Clara/ });
  await userEvent.keyboard('{ArrowDown}');
  expect(lea.getAttribute('aria-selected')).toBe('true');
  expect(input.getAttribute('aria-activedescendant')).toBe(lea.id);
  await userEvent.keyboard('{Enter}');
  expect(input.value).toBe('from:lea@c.example ');
  await userEvent.keyboard('is:');
  await screen.findByRole('option', { name: /Unread/ });
  await userEvent.keyboard('{Enter}');
  expect(input.value).toBe('from:lea@c.example is:unread ');
  await userEvent.click(screen.getByRole('button', { name: 'Take away: From lea@c.example' }));
  expect(input.value).toBe('is:unread');
  const unread = screen.getByRole('button', { name: 'Unread' });
  expect(unread.getAttribute('aria-pressed')).toBe('true');
  await userEvent.click(unread);
  expect(input.value).toBe('');
});

it('M-6 what is offered can be left alone, and Esc leaves', async () => {
  const router = open('/search');
  const input = (await box()) as HTMLInputElement;
  await userEvent.keyboard('from:');
  await screen.findByRole('option', { name: /Léa Martin/ });
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('option')).toBeNull();
  expect(input.value).toBe('from:');
  await userEvent.keyboard('{Escape}');
  await screen.findByText('the inbox');
  expect(router.state.location.pathname).toBe('/inbox');
});

it('M-6 says what couldn’t be understood, and that something may be missing', async () => {
  const problems = [
    { code: 'search.bad-date', part: 'before:soon' },
    { code: 'search.unknown-filter', part: 'color:red' },
    { code: 'search.too-many-named', part: 'candidate:a' },
    { code: 'search.other-forms', part: 'offer' },
  ];
  answers['/search'] = () => ({
    ...empty,
    query: { words: [], problems },
    conversations: [found('t1', 'x')],
    complete: false,
  });
  open('/search?q=x');
  await screen.findByText('before:soon has no date that can be read');
  await screen.findByText('color:red is no filter');
  await screen.findByText('candidate:a is the name of more than 100');
  await screen.findByText('Shown is what holds other forms of these words: offer.');
  await screen.findByText(/still being made searchable/);
});

it('M-6 what stands in a file is shown behind the file’s name', async () => {
  const hit = found('t1', 'Kubernetes');
  answers['/search'] = () => ({
    ...empty,
    conversations: [
      { ...hit, match: { ...hit.match, where: 'contents', file: { index: 0, name: 'CV.pdf' } } },
      {
        ...found('t2', 'Docker'),
        match: { ...found('t2', 'Docker').match, where: 'contents', file: { index: 1, name: '' } },
      },
    ],
  });
  open('/search?q=kubernetes');
  const mark = await screen.findByText('Kubernetes', { selector: 'mark' });
  const row = mark.closest('a')!;
  expect(row.querySelector('.third')!.textContent).toBe('CV.pdf: Kubernetes');
  expect(within(row).getByLabelText('In the text of a file')).toBeTruthy();
  const other = screen.getByText('Docker', { selector: 'mark' }).closest('a')!;
  expect(other.querySelector('.third')!.textContent).toBe('Unnamed file: Docker');
});

it('M-6 where nothing is found, each part can be let go', async () => {
  const router = open('/search?q=cv+%22ab+cd%22+from:anna');
  await screen.findByText('Nothing found for cv "ab cd" from:anna');
  expect(
    screen.getAllByRole('button', { name: /^Without|any order$/ }).map((one) => one.textContent),
  ).toEqual(['Without “From anna”', '“ab cd” in any order', 'Without “cv”', 'Without “ab cd”']);
  await userEvent.click(screen.getByRole('button', { name: 'Without “From anna”' }));
  await waitFor(() => expect(router.state.location.search).toEqual({ q: 'cv "ab cd"' }));
  expect((await box()) as HTMLInputElement).toHaveProperty('value', 'cv "ab cd"');
});

it('M-6 says why it couldn’t be asked, keeps what was typed, and asks again', async () => {
  let down = true;
  answers['/search'] = () =>
    down
      ? Response.json(
          { type: 'about:blank', title: 'x', status: 500, code: 'health.store' },
          { status: 500, headers: { 'Content-Type': 'application/problem+json' } },
        )
      : { ...empty, conversations: [found('t1', 'there')] };
  open('/search?q=x');
  await screen.findByText('The database doesn’t answer.');
  expect((await box()) as HTMLInputElement).toHaveProperty('value', 'x');
  down = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('there');
});

it('M-6 a page that holds nothing isn’t the end', async () => {
  let pages = 0;
  answers['/search'] = () =>
    pages++ < 2
      ? { ...empty, next: `page ${pages}` }
      : { ...empty, conversations: [found('t1', 'far down')] };
  open('/search?q=x');
  await screen.findByText('far down');
  expect(pages).toBe(3);
});

it('M-6 “nothing” isn’t said where the rest can’t be looked at', async () => {
  let down = true;
  const problem = { code: 'store.unavailable', title: '', status: 400 };
  let pages = 0;
  answers['/search'] = () => {
    if (pages++ === 0) return { ...empty, next: 'two' };
    if (!down) return { ...empty, conversations: [found('t1', 'far down')] };
    return Response.json(problem, {
      status: 400,
      headers: { 'Content-Type': 'application/problem+json' },
    });
  };
  open('/search?q=x');
  const retry = await screen.findByRole('button', { name: 'Try again' });
  expect(screen.queryByText(/Nothing found|0 results/)).toBeNull();
  down = false;
  await userEvent.click(retry);
  await screen.findByText('far down');
});

it('M-6 before anything is asked, what can be asked is a press away', async () => {
  open('/search');
  await userEvent.click(await screen.findByRole('button', { name: /"start date"/ }));
  await waitFor(() => expect(asked).toEqual(['"start date"']));
});

it('M-6 five candidates may not be all: the way to the others stands below them, by keys too', async () => {
  const candidates = [1, 2, 3, 4, 5].map((at) => ({ id: `c${at}`, name: `Lea ${at}`, jobs: [] }));
  answers['/search'] = (q) => ({
    ...empty,
    candidates: q === 'few' ? candidates.slice(1) : candidates,
  });
  const router = open('/search?q=lea%20is:unread');
  const more = await screen.findByRole('link', { name: 'All candidates for “lea”' });
  screen.getByText('5 results');
  const end = listenToKeys();
  await userEvent.type(await box(), '{ArrowDown}');
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Lea 1'));
  for (let step = 0; step < 5; step++) await userEvent.keyboard('j');
  end();
  await waitFor(() => expect(document.activeElement?.textContent).toBe(more.textContent));
  await userEvent.keyboard('{Enter}');
  await screen.findByText('the candidates');
  expect(router.state.location.search).toEqual({ q: 'lea' });
  await router.navigate({ to: '/search', search: { q: 'few' } } as never);
  await screen.findByText('Lea 5');
  expect(screen.queryByRole('link', { name: /All candidates for/ })).toBeNull();
});
