import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Candidate, candidateQuery, jobQuery, keys } from '../api/queries';
import { switchLanguage } from '../i18n';
import { Notices } from '../ui/notice';
import { Applications } from './applications';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ children }: { children: ReactNode }) => <a href="/candidates">{children}</a>,
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
});
