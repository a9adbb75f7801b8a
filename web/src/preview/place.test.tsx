import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { wearPanes } from '../frame/panes';
import { SignInAgain } from '../setup/again';
import { Dialog } from '../ui/dialog';
import { PreviewPlace, useOpenFile } from './place';

const file = (message: string, filename: string, index = 0) => ({
  message,
  index,
  filename,
  type: 'application/msword', // nothing of it is fetched to be shown
  octets: 1500,
  content_id: '',
  inline: false,
});
let queries: QueryClient;
const lie = (...rows: ReturnType<typeof file>[]) =>
  act(() => queries.setQueryData(keys.files('jane'), { rows, more: false } as never));

const inWindow = (width: number) =>
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: width >= Number(/min-width: (\d+)px/.exec(query)?.[1]),
    addEventListener: () => {},
    removeEventListener: () => {},
  }));
const chosen = (side: string) => {
  localStorage.setItem('hearback.beside', side);
  wearPanes();
};
beforeEach(() => {
  inWindow(1920);
  chosen('file');
  queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  queries.setQueryData(keys.me, {
    user: { id: 'anna', time_zone: 'UTC' },
    company: { id: 'acme' },
  } as never);
});

function Chip() {
  const open = useOpenFile();
  const files = [{ message: 'm1', candidate: 'jane', part: file('m1', 'CV.doc') }];
  return (
    <button type="button" onClick={() => open?.(files as never, 0)}>
      A chip
    </button>
  );
}
const showAsked = (asked: string, onAsked: (isThere: boolean) => void) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <PreviewPlace candidate="jane" asked={asked} onAsked={onAsked} card={<p>Her card</p>}>
          <Chip />
        </PreviewPlace>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
const show = (card = <p>Her card</p>) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <PreviewPlace candidate="jane" card={card}>
          <Chip />
        </PreviewPlace>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
const heading = (name: string) => screen.findByRole('heading', { name });

it('M-9 the file that is read stays when another comes, until it has gone', async () => {
  lie(file('m1', 'CV.doc'), file('m0', 'Letter.doc'));
  show();
  await heading('CV.doc');
  lie(file('m2', 'New CV.doc'), file('m1', 'CV.doc'), file('m0', 'Letter.doc'));
  await heading('CV.doc');
  screen.getByText(/^2\D+3$/);
  lie(file('m1', 'Other.doc', 1), file('m2', 'New CV.doc'), file('m1', 'CV.doc'));
  await heading('CV.doc');
  lie(file('m2', 'New CV.doc'), file('m0', 'Letter.doc'));
  await heading('New CV.doc');
  lie(file('m3', 'Newest.doc'), file('m2', 'New CV.doc'));
  await heading('New CV.doc');
});

const onProfile = (id: string, name: string) => ({ ...file('', name), file: id, message: null });

it('M-6 W-9 whoever comes for a file of the profile has it open, whatever was beside', async () => {
  for (const width of [1920, 390]) {
    inWindow(width);
    chosen('card');
    const told: boolean[] = [];
    lie(file('m1', 'CV.doc'), onProfile('f1', 'Letter.doc') as never);
    const { unmount } = showAsked('f1', (isThere) => told.push(isThere));
    await heading('Letter.doc');
    expect(told).toEqual([true]);
    unmount();
  }
});

it('M-6 W-9 a file that has gone meanwhile opens no other in its place', async () => {
  chosen('card');
  const told: boolean[] = [];
  lie(file('m1', 'CV.doc'), onProfile('f2', 'Other.doc') as never);
  showAsked('f1', (isThere) => told.push(isThere));
  await vi.waitFor(() => expect(told).toEqual([false]));
  expect(screen.queryByRole('heading')).toBeNull();
});

it('M-9 what nobody looks at yet is the newest', async () => {
  chosen('card');
  lie(file('m1', 'CV.doc'));
  show();
  screen.getByText('Her card');
  lie(file('m2', 'New CV.doc'), file('m1', 'CV.doc'));
  await userEvent.click(screen.getByRole('button', { name: 'File' }));
  await heading('New CV.doc');
});

it('M-9 from 1280 px on a file is read beside the conversation, where the card is a drawer, too', async () => {
  inWindow(1280);
  chosen('card');
  lie(file('m1', 'CV.doc'));
  show();
  expect(screen.queryByRole('button', { name: 'File' })).toBeNull();
  await userEvent.click(screen.getByText('A chip'));
  await heading('CV.doc');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.queryByRole('button', { name: 'File' })).toBeNull();
  expect(document.documentElement.dataset.beside).toBe('file');
  expect(localStorage.getItem('hearback.beside')).toBe('file');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('heading', { name: 'CV.doc' })).toBeNull();
  expect(document.documentElement.dataset.beside).toBe('card');
  await vi.waitFor(() => expect(document.activeElement?.textContent).toBe('A chip'));
});

it('M-9 below 1280 px a file is read over the conversation, and nothing is remembered', async () => {
  inWindow(1279);
  chosen('card');
  lie(file('m1', 'CV.doc'));
  show();
  await userEvent.click(screen.getByText('A chip'));
  expect((await screen.findByRole('dialog')).textContent).toContain('CV.doc');
  expect(localStorage.getItem('hearback.beside')).toBe('card');
});

it('M-9 a file opened from the card as a drawer comes over it', async () => {
  inWindow(1280);
  chosen('card');
  lie(file('m1', 'CV.doc'));
  show(
    <Dialog open title="Her card" onClose={() => {}}>
      <Chip />
    </Dialog>,
  );
  await userEvent.click(
    (await screen.findAllByText('A chip', { selector: '[role=dialog] *' }))[0]!,
  );
  await screen.findByRole('dialog', { name: 'CV.doc' });
  expect(localStorage.getItem('hearback.beside')).toBe('card');
});

it('M-9 the place of a file is kept while it comes', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => new Promise(() => {}));
  show();
  expect(document.querySelector('.beside.file')).not.toBeNull();
  expect(screen.queryByText('Her card')).toBeNull();
  lie();
  await screen.findByText('Her card');
  expect(document.querySelector('.beside')).toBeNull();
});

it('M-9 a file asked for after the session has ended is shown once somebody signs in again', async () => {
  let signedIn = false;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    signedIn
      ? new Response('no picture')
      : Response.json({ code: 'session.missing', title: 'x', status: 401 }, { status: 401 }),
  );
  lie({ ...file('m1', 'photo.png'), type: 'image/png' });
  show();
  render(
    <QueryClientProvider client={queries}>
      <SignInAgain user={{ id: 'anna', email: 'anna@x.example' } as never} onLeave={() => {}} />
    </QueryClientProvider>,
  );
  await screen.findByRole('dialog');
  signedIn = true;
  new BroadcastChannel('hearback.session').postMessage({ signedIn: 'anna' }); // another tab
  await screen.findByText(/^This picture can’t be shown/);
});
