import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { SignInAgain, signedInAgain } from './again';

it('W-5 a key that was meant for the page is no part of a password', async () => {
  const user = { id: 'anna', name: 'Anna', email: 'anna@n.example' } as Schemas['User'];
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Tooltip.Provider>
        <SignInAgain user={user} onLeave={() => {}} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  act(() => void signedInAgain());
  const field = await screen.findByLabelText<HTMLInputElement>('Password');
  await waitFor(() => expect(document.activeElement).toBe(field));
  await userEvent.keyboard('j');
  expect(field.value).toBe('');
  await act(() => new Promise((done) => setTimeout(done, 900)));
  await userEvent.keyboard('secret');
  expect(field.value).toBe('secret');
});
