import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import { Welcome } from './welcome';

vi.mock('@tanstack/react-router', () => ({ useNavigate: () => () => {} }));
vi.mock('./tabs', () => ({ tellTabs: () => {}, hearTabs: () => () => {} }));

const FACTS = {
  kind: 'welcome',
  company: 'Lindenhof',
  name: 'Nina',
  email: 'nina@x.example',
  language: 'en',
  by: 'Ada',
  tokens: false,
  expires: '2026-11-08T09:00:00Z',
};
const said: { url: string; body: unknown }[] = [];
function answer(facts: object | undefined) {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
    const { url } = request as Request;
    said.push({ url, body: await (request as Request).json() });
    if (url.endsWith('/password')) {
      return Response.json({ user: { id: 'nina', language: 'en', time_zone: 'Europe/Paris' } });
    }
    return facts
      ? Response.json(facts)
      : Response.json(
          { type: 'about:blank', title: 'x', status: 404, code: 'link.gone' },
          { status: 404, headers: { 'Content-Type': 'application/problem+json' } },
        );
  });
}
function open(hash: string) {
  window.history.replaceState(null, '', `/welcome${hash}`);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Welcome />
    </QueryClientProvider>,
  );
}
beforeEach(() => {
  said.length = 0;
});

// First: what was taken from the address stays with the tab.
it('O-5 says so where the link was cut off', async () => {
  answer(undefined);
  open('');
  await screen.findByText('The link is not complete.');
  expect(said).toEqual([]);
});

it('O-5 takes the link out of the address, and says who invited to which company', async () => {
  answer(FACTS);
  open('#c.secret');
  await screen.findByText(/Ada has invited you to the e-mail of Lindenhof/);
  expect(window.location.href).not.toContain('secret');
  expect(said).toEqual([
    { url: expect.not.stringContaining('secret'), body: { link: 'c.secret' } },
  ]);
  expect(screen.queryByRole('checkbox')).toBeNull();
});

it('O-5 asks for nothing where the link can’t be used, or isn’t there', async () => {
  answer(undefined);
  open('#c.used');
  await screen.findByText('This link can’t be used any more.');
  expect(screen.queryByLabelText('New password')).toBeNull();
});

it('O-5 whoever sets a new one is told what ends by it, tokens if they wish', async () => {
  answer({ ...FACTS, kind: 'reset', tokens: true });
  open('#c.reset');
  await screen.findByText(/Your old password works until you set the new one/);
  fireEvent.click(screen.getByRole('checkbox'));
  const password = screen.getByLabelText('New password');
  fireEvent.change(password, { target: { value: 'too short' } });
  fireEvent.click(screen.getByRole('button', { name: 'Set password and sign in' }));
  await screen.findByText('The password needs at least 12 characters.');
  expect(said).toHaveLength(1);
  fireEvent.change(password, { target: { value: 'a long enough password' } });
  fireEvent.click(screen.getByRole('button', { name: 'Set password and sign in' }));
  await vi.waitFor(() => expect(said).toHaveLength(2));
  expect(said[1]!.body).toEqual({
    link: 'c.reset',
    password: 'a long enough password',
    end_tokens: true,
  });
});
