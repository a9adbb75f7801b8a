import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { SignInAgain, signedInAgain } from './again';

vi.mock('./again-dialog', () => new Promise(() => {})); // it is on its way
const ANNA = { id: 'anna', name: 'Anna', email: 'anna@n.example' } as Schemas['User'];

it('W-5 signing in again in another tab counts before the dialog has come, too', async () => {
  const other = new BroadcastChannel('hearback.session');
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SignInAgain user={ANNA} onLeave={() => {}} />
    </QueryClientProvider>,
  );
  let answer: boolean | undefined;
  act(() => void signedInAgain('anna').then((signedIn) => (answer = signedIn)));
  other.postMessage({ signedIn: 'bob' });
  other.postMessage({ signedIn: 'anna' });
  await waitFor(() => expect(answer).toBe(true));
  expect(screen.queryByRole('dialog')).toBeNull();
  other.close();
});
