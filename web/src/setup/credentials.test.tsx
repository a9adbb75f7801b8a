import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Credentials } from './credentials';

afterEach(() => vi.unstubAllGlobals());

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
const which = () =>
  json(409, {
    type: 'about:blank',
    title: '',
    status: 409,
    code: 'session.which-company',
    companies: [
      { id: 'one', name: 'Lindenhof' },
      { id: 'two', name: 'Acme' },
    ],
  });

it('O-5 who works for several companies says for which they come in', async () => {
  const sent: unknown[] = [];
  const answers = [which(), which(), json(200, { user: {}, company: { name: 'Acme' } })];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(await request.json());
    return answers.shift();
  });
  const signedIn = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Credentials onSignedIn={signedIn} />
    </QueryClientProvider>,
  );
  const go = async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    return screen.findByRole('group', { name: 'Which company do you want to sign in to?' });
  };
  fireEvent.change(screen.getByLabelText('E-mail address'), { target: { value: 'a@b.example' } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'a long password' } });
  await go();
  expect(document.activeElement).toBe(screen.getByText('Which company do you want to sign in to?'));
  fireEvent.click(screen.getByRole('button', { name: 'Back' }));
  expect(screen.getByLabelText<HTMLInputElement>('E-mail address').value).toBe('a@b.example');
  await go();
  fireEvent.click(screen.getByRole('button', { name: 'Acme' }));
  await vi.waitFor(() => expect(signedIn).toHaveBeenCalled());
  expect(sent[0]).toEqual({ email: 'a@b.example', password: 'a long password' });
  expect(sent[2]).toEqual({ email: 'a@b.example', password: 'a long password', company: 'two' });
});

it('O-5 Enter that is pressed once more chooses no company', async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(await request.json());
    return which();
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Credentials onSignedIn={() => {}} />
    </QueryClientProvider>,
  );
  await userEvent.type(screen.getByLabelText('E-mail address'), 'a@b.example');
  await userEvent.type(screen.getByLabelText('Password'), 'a long password{Enter}');
  await screen.findByRole('button', { name: 'Lindenhof' });
  await userEvent.keyboard('{Enter}');
  expect(sent).toEqual([{ email: 'a@b.example', password: 'a long password' }]);
});
