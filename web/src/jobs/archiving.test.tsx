import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { switchLanguage } from '../i18n';
import { forgetNotices, Notices } from '../ui/notice';
import { Jobs } from './jobs';

vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => () => {},
  useRouter: () => ({}),
  useSearch: () => ({}),
  Link: ({ children }: { children: ReactNode }) => <a href="/jobs">{children}</a>,
}));

let open: Map<string, boolean>;
const later = () =>
  act(async () => {
    await new Promise((done) => setTimeout(done, 900));
  });
beforeEach(async () => {
  await switchLanguage('en');
  forgetNotices();
  open = new Map(['Baker', 'Cook', 'Waiter'].map((title) => [title, true]));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', name: 'Ada', role: 'manager' } });
  const shown = (title: string) => ({
    id: title,
    title,
    kind: 'offer',
    team: [],
    candidates: 1,
    open: open.get(title),
  });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET')
      return Response.json({
        rows: [...open.keys()].map(shown).sort((a, b) => Number(b.open) - Number(a.open)),
        next: null,
      });
    const title = decodeURIComponent(request.url.split('/').at(-1)!);
    open.set(title, (await request.json()).open);
    return Response.json(shown(title));
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <Jobs />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  await later(); // since the last press of another test
});
const archive = async (title: string) =>
  userEvent.click(await screen.findByRole('button', { name: `Archive ${title}` }));
const areOpen = (...titles: string[]) =>
  waitFor(() => expect([...open].flatMap(([title, is]) => (is ? [title] : []))).toEqual(titles));

it('O-5 the second press of a double one archives no other job that came under the pointer', async () => {
  await archive('Baker');
  await screen.findByRole('button', { name: /Open Baker again|Reopen Baker/ });
  await archive('Cook');
  await areOpen('Cook', 'Waiter');
  await later();
  await archive('Cook');
  await areOpen('Waiter');
});

it('M-7 Undo after Undo is of what was archived before', async () => {
  await archive('Baker');
  await later();
  await archive('Cook');
  await areOpen('Waiter');
  const undo = async () =>
    userEvent.click((await screen.findAllByRole('button', { name: /^Undo/ })).at(-1)!);
  await undo();
  await areOpen('Cook', 'Waiter');
  await screen.findByText(/Cook.* is open again/);
  await undo();
  await areOpen('Baker', 'Cook', 'Waiter');
});
