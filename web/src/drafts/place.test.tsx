import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { candidateOf } from '../candidate/candidate.fixtures';
import { type Draft, hasDraft, keepDraft } from '../composer/drafts';
import { listenToKeys } from '../frame/shortcuts';
import { Notices } from '../ui/notice';
import { addWords, Drafts } from './place';

const draft: Draft = {
  ...{ mailbox: 'm', to: [{ name: 'Léa', address: 'lea@c.example' }], cc: [], bcc: [] },
  ...{ subject: 'An offer', rich: true, html: '<p>Dear Léa</p>', text: '' },
  ...{ uploads: [], quote: false },
};
const ME = { id: 'ada', name: 'Ada', email: 'ada@n.example', role: 'admin', time_zone: 'UTC' };

beforeEach(async () => {
  localStorage.clear();
  await addWords();
  vi.spyOn(window, 'scrollTo').mockImplementation(() => {}); // which jsdom lacks
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { pathname } = new URL((input as Request).url);
    const [, kind, id = ''] = /\/(threads|candidates)\/([^/]+)$/.exec(pathname) ?? [];
    if (id === 'gone')
      return Response.json(
        { code: 'thread.missing', title: '', status: 404 },
        { status: 404, headers: { 'Content-Type': 'application/problem+json' } },
      );
    if (kind === 'candidates') return Response.json(candidateOf(id, { name: 'Léa Petit' }));
    const thread = { id, candidate: 'lea', candidate_name: 'Léa Petit', subject: 'x' };
    return Response.json({ ...thread, messages: [], non_candidate: id === 'other' });
  });
});

function open() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: ME, company: { id: 'n', name: 'N' } });
  const root = createRootRoute();
  const route = (path: string) =>
    createRoute({ getParentRoute: () => root, path, component: Drafts });
  const router = createRouter({
    routeTree: root.addChildren(
      [
        '/drafts',
        '/non-candidates/new',
        '/non-candidates/$threadId',
        '/all/$threadId',
        '/candidates/$candidateId',
        '/candidates/$candidateId/threads/$threadId',
      ].map(route),
    ),
    history: createMemoryHistory({ initialEntries: ['/drafts'] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
}
const addresses = () => screen.getAllByRole('link').map((one) => one.getAttribute('href'));

it('W-1 each draft opens where it was begun', async () => {
  keepDraft('ada', 'candidate:lea', draft);
  keepDraft('ada', 'thread:t1', draft);
  keepDraft('ada', 'thread:other', draft);
  keepDraft('ada', 'address:jo@x.example', { ...draft, to: [], subject: '', html: '<p></p>' });
  open();
  await waitFor(() =>
    expect(addresses().sort()).toEqual([
      '/candidates/lea/threads/t1',
      '/candidates/lea?compose=true',
      '/non-candidates/new?to=jo%40x.example',
      '/non-candidates/other',
    ]),
  );
  const [candidates] = await screen.findAllByRole('link', {
    name: /Léa Petit.*An offer – Dear Léa/,
  });
  expect(candidates).toBeTruthy();
  screen.getByRole('link', { name: /jo@x.example.*No subject yet – No text yet/ });
});

it('W-1 what can be written on nowhere any more says so, and can be discarded; with undo', async () => {
  keepDraft('ada', 'thread:gone', draft);
  open();
  await screen.findByText(/conversation isn’t there any more/);
  expect(screen.queryByRole('link')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Discard the draft to Léa' }));
  expect(hasDraft('ada', 'thread:gone')).toBe(false);
  screen.getByRole('heading', { name: 'No drafts' });
  await userEvent.click(
    within(screen.getByRole('region', { name: 'Notices' })).getByRole('button', { name: 'Undo' }),
  );
  expect(hasDraft('ada', 'thread:gone')).toBe(true);
  await screen.findByText(/conversation isn’t there any more/);
});

it('W-1 a draft to somebody who is no candidate is named after whom it is to by now', async () => {
  keepDraft('ada', 'address:jo@x.example', {
    ...draft,
    to: [{ name: '', address: 'ann@y.example' }],
  });
  open();
  await screen.findByRole('link', { name: /ann@y\.example/ });
  screen.getByRole('button', { name: 'Discard the draft to ann@y.example' });
});

it('U8 j goes on from what leads nowhere any more', async () => {
  vi.spyOn(Date, 'now').mockReturnValueOnce(1).mockReturnValueOnce(2);
  keepDraft('ada', 'thread:t1', draft);
  keepDraft('ada', 'thread:gone', draft);
  open();
  await screen.findByText(/conversation isn’t there any more/);
  const end = listenToKeys();
  await userEvent.keyboard('j');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Discard the draft to Léa');
  await userEvent.keyboard('j');
  expect(document.activeElement?.getAttribute('href')).toBe('/candidates/lea/threads/t1');
  end();
});
