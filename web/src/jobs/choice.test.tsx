import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { JobChoice } from './choice';

const job = (n: number) => ({
  id: `job-${n}`,
  title: `Job ${n}`,
  kind: 'offer',
  open: true,
  team: [],
  candidates: 0,
});

// The server has 1,000 jobs and shows two at a time.
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const url = new URL((input as Request).url);
    const one = /\/jobs\/job-(\d+)$/.exec(url.pathname);
    if (one) return Response.json(job(Number(one[1])));
    const q = url.searchParams.get('q') ?? '';
    const fits = Array.from({ length: 1000 }, (_, n) => job(n)).filter((row) =>
      row.title.includes(q),
    );
    return Response.json({ rows: fits.slice(0, 2), next: fits.length > 2 ? 'more' : null });
  });
});
const PATIENT = { timeout: 20_000 };
const show = (value: string, onChange: (job: string) => void = () => {}) =>
  render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}
    >
      <JobChoice aria-label="Job" value={value} none="No job yet" onChange={onChange} />
    </QueryClientProvider>,
  );
const titles = () => screen.getAllByRole('option').map((one) => one.textContent);

it('finds at the server what its page doesn’t hold', async () => {
  const chosen = vi.fn();
  show('', chosen);
  const box = await screen.findByRole('searchbox', {}, PATIENT);
  expect(titles()).toEqual(['No job yet', 'Job 0', 'Job 1']);
  fireEvent.change(box, { target: { value: 'Job 77' } });
  await waitFor(() => expect(titles()).toEqual(['No job yet', 'Job 77', 'Job 770']), PATIENT);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'job-770' } });
  expect(chosen).toHaveBeenCalledWith('job-770');
}, 60_000);

it('shows what is chosen, whatever is searched for', async () => {
  show('job-500');
  await waitFor(
    () => expect(titles()).toEqual(['No job yet', 'Job 500', 'Job 0', 'Job 1']),
    PATIENT,
  );
  expect((screen.getByRole('combobox') as HTMLSelectElement).value).toBe('job-500');
}, 60_000);
