import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { CandidateFiles, useCandidateFiles } from './files';

const file = (index: number, filename: string): Schemas['CandidateFile'] => ({
  index,
  filename,
  type: 'application/pdf',
  octets: 2000,
  content_id: '',
  inline: false,
  message: `m${index}`,
  thread: 't',
  date: '2026-01-02T03:04:05Z',
  cv: index === 0,
});
const names = () => screen.getAllByRole('link').map((link) => link.getAttribute('download'));

function Card() {
  return <CandidateFiles files={useCandidateFiles('jo').files} heading="h2" />;
}

it('M-9 lists a few files at first, all when asked, and says that older ones stand elsewhere', () => {
  const rows = ['CV.pdf', 'a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name, at) => file(at, name));
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.files('jo'), { rows, more: true });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  expect(names()).toEqual(['CV.pdf', 'a.pdf', 'b.pdf', 'c.pdf']);
  expect(screen.getAllByRole('link')[0]?.getAttribute('href')).toMatch(
    /messages\/m0\/attachments\/0$/,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Show all 5' }));
  expect(names()).toHaveLength(5);
  screen.getByText('Older files stand in their conversations.');
  fireEvent.click(screen.getByRole('button', { name: 'Show fewer' }));
  expect(names()).toHaveLength(4);
});

it('M-9 lists what people sent, not what reports and calendars bring', () => {
  const rows = [
    { ...file(1, ''), type: 'message/delivery-status' },
    { ...file(2, 'Next steps.eml'), type: 'message/rfc822' },
    { ...file(3, 'invite.ics'), type: 'application/ics' },
    { ...file(4, 'invite.ics'), type: 'application/octet-stream' },
    { ...file(5, 'photo.jpg'), type: 'image/jpeg' },
    file(6, 'CV.pdf'),
  ];
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.files('jo'), { rows, more: false });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  expect(names()).toEqual(['photo.jpg', 'CV.pdf']);
});

it('M-9 says that they could not be asked for, which isn’t that there are none', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 500 }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  await screen.findByRole('button', { name: 'Try again' });
  vi.unstubAllGlobals();
});

function Around() {
  const { files, coming } = useCandidateFiles('jo');
  return coming ? null : (
    <>
      <CandidateFiles files={files} heading="h2" />
      <input aria-label="New address" />
    </>
  );
}

it('M-9 a card that is there stays there, with what is typed into it, while they are asked for again', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 500 }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <Around />
    </QueryClientProvider>,
  );
  const field = await screen.findByLabelText('New address');
  fireEvent.change(field, { target: { value: 'jo@' } });
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(queries.isFetching()).toBe(1));
  expect(screen.getByLabelText<HTMLInputElement>('New address').value).toBe('jo@');
  vi.unstubAllGlobals();
});
