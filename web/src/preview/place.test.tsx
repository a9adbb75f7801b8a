import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { SignInAgain } from '../setup/again';
import { PreviewPlace } from './place';

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

beforeEach(() => {
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: query.includes('min-width'),
    addEventListener: () => {},
    removeEventListener: () => {},
  }));
  localStorage.setItem('hearback.beside', 'file');
  queries = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  queries.setQueryData(keys.me, {
    user: { id: 'anna', time_zone: 'UTC' },
    company: { id: 'acme' },
  } as never);
});

const show = () =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <PreviewPlace candidate="jane" card={<p>Her card</p>}>
          <p>A conversation</p>
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

it('M-9 what nobody looks at yet is the newest', async () => {
  localStorage.setItem('hearback.beside', 'card');
  lie(file('m1', 'CV.doc'));
  show();
  screen.getByText('Her card');
  lie(file('m2', 'New CV.doc'), file('m1', 'CV.doc'));
  await userEvent.click(screen.getByRole('button', { name: 'File' }));
  await heading('New CV.doc');
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
