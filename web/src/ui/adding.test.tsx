import {
  createBrowserHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  useSearch,
} from '@tanstack/react-router';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { useAdding } from './adding';

function Jobs() {
  const { add } = useSearch({ strict: false }) as { add?: boolean };
  const setAdding = useAdding();
  return add ? (
    <button type="button" onClick={() => setAdding(false)}>
      Close
    </button>
  ) : (
    <button type="button" onClick={() => setAdding(true)}>
      Add
    </button>
  );
}

beforeEach(() => void vi.stubGlobal('scrollTo', vi.fn()));
const settled = () => act(() => new Promise((done) => setTimeout(done, 50)));
async function at(...addresses: string[]) {
  const root = createRootRoute({ component: Outlet });
  const of = (path: string, component?: () => React.ReactNode) =>
    createRoute({
      getParentRoute: () => root,
      path,
      ...(component && { component }),
      validateSearch: (search: Record<string, unknown>) =>
        search.add === true ? { add: true } : {},
    });
  const history = createBrowserHistory();
  const router = createRouter({
    routeTree: root.addChildren([of('/inbox'), of('/jobs', Jobs)]),
    history,
  });
  for (const address of addresses) {
    history.push(address);
    await settled();
  }
  render(<RouterProvider router={router as never} />);
  await settled();
  return {
    back: async () => {
      history.back();
      await settled();
    },
    now: () => location.pathname + location.search,
  };
}
const press = async (name: string) => {
  await userEvent.click(await screen.findByRole('button', { name }));
  await settled();
};

it('M-7 once what was opened on its page is closed, Back leads to where one was before', async () => {
  const { back, now } = await at('/inbox', '/jobs');
  await press('Add');
  expect(now()).toBe('/jobs?add=true');
  await press('Close');
  expect(now()).toBe('/jobs');
  await back();
  expect(now()).toBe('/inbox');
});

it('M-7 what is pressed twice is closed once', async () => {
  const { now } = await at('/inbox', '/jobs');
  await press('Add');
  const close = screen.getByRole('button', { name: 'Close' });
  close.click();
  close.click();
  await settled();
  expect(now()).toBe('/jobs');
});

it('M-7 what was opened by its address from elsewhere leaves its page', async () => {
  const { back, now } = await at('/inbox', '/jobs?add=true');
  await press('Close');
  expect(now()).toBe('/jobs');
  await back();
  expect(now()).toBe('/inbox');
});
