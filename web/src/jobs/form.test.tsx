import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { jobQuery, keys } from '../api/queries';
import { switchLanguage } from '../i18n';
import { JobSettings } from './settings';

const went = vi.fn();
vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => went,
  useParams: () => ({ jobId: 'j' }),
  Link: ({ children }: { children: ReactNode }) => <a href="/jobs">{children}</a>,
}));

const stage = (name: string) => ({ id: name.toLowerCase(), name });
const job = {
  id: 'j',
  title: 'Baker',
  kind: 'offer',
  team: [
    { id: 'ada', name: 'Ada' },
    { id: 'zoe', name: 'Zoe' },
  ],
  phases: ['Application', 'Interview', 'Offer'].map(stage),
  statuses: ['New'].map(stage),
  version: 3,
} as unknown as Schemas['Job'];

let queries: QueryClient;
let sent: unknown[];
let answer: () => Response;
beforeEach(async () => {
  await switchLanguage('en');
  sent = [];
  went.mockReset();
  queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', name: 'Ada', role: 'manager' } });
  queries.setQueryData(jobQuery('j').queryKey, job);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    if (request.method === 'GET') return new Promise(() => {});
    sent.push(await request.json());
    return answer();
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <JobSettings />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
});
const press = (name: string | RegExp) => screen.getByRole('button', { name });
const problem = (code: string, more = {}) =>
  Response.json(
    { type: 'about:blank', title: 'No', status: 409, code, ...more },
    { status: 409, headers: { 'content-type': 'application/problem+json' } },
  );

it('O-5 phases are moved, renamed and added; the focus goes along', async () => {
  const user = userEvent.setup();
  press('Move Interview down').focus();
  await user.keyboard('{Enter}');
  await waitFor(() =>
    // The last one can't go further: its other way has the focus, or its name.
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: /^Name of number 3/ })),
  );
  await user.clear(screen.getAllByRole('textbox', { name: /number 1$/ })[0]!);
  await user.type(screen.getAllByRole('textbox', { name: /number 1$/ })[0]!, 'First look');
  await user.click(press('Add a phase'));
  await user.click(press('Save'));
  await screen.findByText('A name is needed.');
  await user.type(screen.getByRole('textbox', { name: 'Name of number 4' }), 'Trial day');
  answer = () => Response.json(job);
  await user.click(press('Save'));
  await waitFor(() => expect(went).toHaveBeenCalledWith({ to: '/jobs' }));
  expect(sent).toEqual([
    {
      title: 'Baker',
      team_added: [],
      team_removed: [],
      phases: [
        { id: 'application', name: 'First look' },
        { id: 'offer', name: 'Offer' },
        { id: 'interview', name: 'Interview' },
        { name: 'Trial day' },
      ],
      statuses: job.statuses,
      version: 3,
      replace: [],
    },
  ]);
});

it('O-5 what candidates are in says where they go before it goes', async () => {
  const user = userEvent.setup();
  await user.click(press('Remove Interview'));
  answer = () =>
    problem('job.stage-in-use', {
      stages: [{ id: 'interview', name: 'Interview', applications: 2 }],
    });
  await user.click(press('Save'));
  const where = await screen.findByRole('combobox', { name: '2 candidates in Interview go to' });
  await user.click(press('Save'));
  expect(sent).toHaveLength(1); // nobody has said it yet
  await user.selectOptions(where, 'Offer');
  answer = () => Response.json(job);
  await user.click(press('Save'));
  await waitFor(() => expect(went).toHaveBeenCalled());
  expect(sent[1]).toMatchObject({ replace: [{ removed: 'interview', by: 'offer' }] });
});

it('O-5 what a colleague changed isn’t undone, and what was typed stays', async () => {
  const user = userEvent.setup();
  const title = screen.getByRole('textbox', { name: 'Title' });
  await user.type(title, 's');
  answer = () => problem('job.changed');
  await user.click(press('Save'));
  await screen.findByText('A colleague has changed this job meanwhile.');
  expect((title as HTMLInputElement).value).toBe('Bakers');
  expect(press('Show it as it is now')).toBeTruthy();
});

it('O-5 of the hiring team it says who comes and who goes; oneself isn’t taken off by a slip', async () => {
  const user = userEvent.setup();
  expect(screen.getByRole<HTMLInputElement>('checkbox', { name: /^Ada/ }).disabled).toBe(true);
  await user.click(screen.getByRole('checkbox', { name: /^Zoe/ }));
  await user.click(screen.getByRole('radio', { name: 'Talent pool' }));
  answer = () => Response.json(job);
  await user.click(press('Save'));
  await waitFor(() => expect(went).toHaveBeenCalled());
  expect(sent[0]).toMatchObject({ kind: 'talent_pool', team_added: [], team_removed: ['zoe'] });
});
