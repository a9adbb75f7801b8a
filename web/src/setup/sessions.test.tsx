import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { act, render, renderHook, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { useSameUser } from './again';
import { SignIn } from './sign-in';
import type { Word } from './tabs';

const heard = vi.hoisted(() => new Set<(word: Word) => void>());
vi.mock('./tabs', () => ({
  tellTabs: () => {},
  hearTabs: (listener: (word: Word) => void) => {
    heard.add(listener);
    return () => heard.delete(listener);
  },
}));
const say = (word: Word) => act(() => heard.forEach((hear) => void hear(word)));

async function atTheDoor(queries: QueryClient, seen: (data: unknown) => void) {
  const root = createRootRoute({ component: Outlet });
  const door = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: (): { next?: string } => ({}),
    component: SignIn,
  });
  const inbox = createRoute({
    getParentRoute: () => root,
    path: '/inbox',
    beforeLoad: () => seen(queries.getQueryData(keys.me)),
    component: () => <p>the inbox</p>,
  });
  const router = createRouter({
    routeTree: root.addChildren([door, inbox]),
    history: createMemoryHistory({ initialEntries: ['/sign-in'] }),
  });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  await screen.findByRole('button', { name: 'Sign in' });
}

it('another tab’s sign-in opens the door, and shows nothing of who was here before', async () => {
  const queries = new QueryClient();
  const seen = vi.fn();
  await atTheDoor(queries, seen);
  queries.setQueryData(keys.me, { user: { id: 'hugo' } });
  queries.setQueryData(keys.thread('t1'), { subject: 'Hugo’s' });
  await say({ signedIn: 'anna' });
  await screen.findByText('the inbox');
  expect(seen).toHaveBeenCalledWith(undefined);
  expect(queries.getQueryData(keys.thread('t1'))).toBeUndefined();
});

it('another tab’s sign-out takes what is known here, too', async () => {
  const queries = new QueryClient();
  await atTheDoor(queries, () => {});
  queries.setQueryData(keys.me, { user: { id: 'hugo' } });
  await say({ signedOut: true });
  await waitFor(() => expect(queries.getQueryData(keys.me)).toBeUndefined());
  expect(screen.queryByText('the inbox')).toBeNull();
});

it('a page goes on for nobody but who it was opened for', () => {
  const reload = vi.fn();
  const { result, rerender } = renderHook(({ user }) => useSameUser(user, reload), {
    initialProps: { user: undefined as string | undefined },
  });
  rerender({ user: 'anna' });
  expect(result.current).toBe(true);
  rerender({ user: undefined }); // nobody is known: a refused answer
  rerender({ user: 'anna' });
  expect(result.current).toBe(true);
  expect(reload).not.toHaveBeenCalled();
  rerender({ user: 'hugo' });
  expect(result.current).toBe(false);
  expect(reload).toHaveBeenCalledOnce();
});
