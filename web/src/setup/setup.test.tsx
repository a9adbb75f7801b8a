import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { setupQuery } from '../api/queries';
import { dropLink } from './link';
import { SetUp } from './setup';

vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => () => {},
  Link: ({ to, children }: { to: string; children: ReactNode }) => <a href={to}>{children}</a>,
}));
afterEach(dropLink);

it('without the link’s secret it says where the link is, and asks for nothing', async () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SetUp />
    </QueryClientProvider>,
  );
  screen.getByText(/Open the link that Hearback wrote when it started/);
  expect(screen.queryByRole('textbox')).toBeNull();
  expect(screen.queryByRole('button')).toBeNull();
  // Pasted into this very tab.
  await act(async () => {
    window.location.hash = 'printed-at-start';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  });
  screen.getByLabelText('Company');
  expect(screen.queryByText(/Open the link/)).toBeNull();
  // Nor does it stay where a picture of the screen shows it.
  expect(window.location.hash).toBe('');
});

it('O-5 for a further company, too, whose link a reload has lost', async () => {
  const queries = new QueryClient();
  queries.setQueryData(setupQuery.queryKey, { needed: false });
  render(
    <QueryClientProvider client={queries}>
      <SetUp />
    </QueryClientProvider>,
  );
  screen.getByText('A further company is made by a link of its own.');
  screen.getByText(/Open that link once more/);
  expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in');
  expect(screen.queryByRole('textbox')).toBeNull();
});
