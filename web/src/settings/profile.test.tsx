import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { ProfileSettings } from './profile';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));

it('W-1 a signature that is too long is told where it stands', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json(
      {
        type: 'about:blank',
        title: 'x',
        status: 422,
        code: 'field.too-long',
        field: 'signature_html',
      },
      { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
    ),
  );
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.me, {
    user: { id: 'ada', name: 'Ada', email: 'ada@x.example', language: 'en', time_zone: 'UTC' },
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <ProfileSettings />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Ada M' } });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  const words = await screen.findByText('This is too long. Make it shorter.');
  expect(words.closest('.field')?.textContent).toContain('Signature');
  expect(words.closest('[role=alert]')).not.toBeNull();
  expect(screen.getAllByText(/too long/)).toHaveLength(1);
});

it('M-8 says where one goes on from an answer', async () => {
  const said: unknown[] = [];
  const user = { id: 'ada', name: 'Ada', email: 'ada@x.example', language: 'en', time_zone: 'UTC' };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
    said.push(await (request as Request).json());
    return Response.json({ user: { ...user, after_answer: 'list' } });
  });
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.me, { user: { ...user, after_answer: 'next' } });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <ProfileSettings />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  fireEvent.change(screen.getByLabelText('When a conversation is answered or done'), {
    target: { value: 'list' },
  });
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await vi.waitFor(() => expect(said).toMatchObject([{ after_answer: 'list' }]));
});
