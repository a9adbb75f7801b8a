import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import { Me } from './frame';
import { listenToKeys, useShortcuts } from './shortcuts';

let come: () => void;
vi.mock('./me-menu', async (original) => {
  await new Promise<void>((resolve) => {
    come = resolve;
  });
  return original();
});

const letter = vi.fn();
function Page() {
  useShortcuts({ e: letter });
  return (
    <>
      <Me user={{ name: 'Ada', email: 'ada@n.example' }} />
      <button type="button">Other</button>
    </>
  );
}

it('M-7 its menu may come late: one stays on the button, and goes on from it', async () => {
  const end = listenToKeys();
  const queries = new QueryClient();
  const router = createRouter({ routeTree: createRootRoute() });
  render(
    <QueryClientProvider client={queries}>
      <RouterContextProvider router={router}>
        <Tooltip.Provider>
          <Page />
        </Tooltip.Provider>
      </RouterContextProvider>
    </QueryClientProvider>,
  );
  const me = screen.getByRole('button', { name: /Ada/ });
  const other = screen.getByRole('button', { name: 'Other' });
  act(() => me.focus());
  await userEvent.keyboard('{Enter}e{ArrowDown}');
  expect(letter).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(me);
  expect(me.getAttribute('aria-haspopup')).toBe('menu');
  act(() => other.focus()); // gone on
  await act(async () => come());
  await act(() => new Promise((done) => setTimeout(done, 300)));
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(other);
  act(() => me.focus());
  await userEvent.keyboard('{Enter}');
  await screen.findByRole('menu', { name: /Ada/ });
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(me));
  expect(screen.queryByRole('menu')).toBeNull();
  end();
});
