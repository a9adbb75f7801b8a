import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { expect, it, vi } from 'vitest';
import { AddEmail } from './add-email';

vi.mock('@tanstack/react-router', () => ({
  useNavigate: () => async () => {},
  Link: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));

it('C-3 what a server said goes once something else is wrong', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json(
      {
        type: 'about:blank',
        title: 'x',
        status: 422,
        code: 'mailbox.probe-failed',
        imap: { code: 'imap.login-refused', what: 'x', hint: 'x' },
        smtp: null,
      },
      { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
    ),
  );
  const { container } = render(
    <QueryClientProvider client={new QueryClient()}>
      <Tooltip.Provider>
        <AddEmail />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: /^Other/ }));
  const fill = (name: string, value: string) =>
    fireEvent.change(container.querySelector(`[data-fault="${name}"]`)!, { target: { value } });
  fill('address', 'ada@x.example');
  fill('password', 'wrong');
  fill('imap.host', 'mail.x.example');
  fill('smtp.host', 'mail.x.example');
  fireEvent.click(screen.getByLabelText('I agree, for this mailbox of mine'));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  await screen.findByText('The mailbox could not be connected');
  fill('imap.port', 'none');
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  screen.getByText('A port is a number from 1 to 65535.');
  expect(screen.queryByText('The mailbox could not be connected')).toBeNull();
});
