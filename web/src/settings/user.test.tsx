import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { CompanySettings } from './company';
import { UserDialog } from './user';
import { addWords } from './words';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ children }: { children: ReactNode }) => <a href="/">{children}</a>,
}));

const ben: Schemas['User'] = {
  id: 'ben',
  name: 'Ben',
  email: 'ben@team.example',
  role: 'manager',
  all_jobs: false,
  active: true,
  language: 'en',
  time_zone: 'Europe/Paris',
};
let asked: Record<string, unknown>[];
let answers: Response[];
beforeAll(addWords);
beforeEach(() => {
  asked = [];
  answers = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
    asked.push(await (request as Request).json());
    return answers.shift() ?? Response.json(ben);
  });
});
const refusal = (code: string, more = {}) =>
  Response.json(
    { type: 'about:blank', title: code, status: 409, code, field: 'email', ...more },
    { status: 409, headers: { 'Content-Type': 'application/problem+json' } },
  );

function show(what: ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.me, {
    user: { ...ben, id: 'ada', role: 'admin' },
    company: { id: 'acme', name: 'Acme' },
  });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>{what}</Tooltip.Provider>
    </QueryClientProvider>,
  );
}
const dialog = () =>
  show(<UserDialog user={ben} own={false} onLink={() => {}} onClose={() => {}} />);
const email = () => screen.getByLabelText('E-mail address');
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

it('O-5 what isn’t changed isn’t asked for anew: the address, the zone', async () => {
  dialog();
  fireEvent.change(screen.getByLabelText('Language'), { target: { value: 'de' } });
  press('Save');
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(asked[0]).toEqual({
    name: 'Ben',
    role: 'manager',
    all_jobs: false,
    language: 'de',
  });
});

it('O-5 another sign-in address is told of before it is saved, and refused where it is taken', async () => {
  dialog();
  fireEvent.change(email(), { target: { value: 'nobody' } });
  press('Save');
  await screen.findByText('“nobody” is not an e-mail address.', { exact: false });
  expect(asked).toHaveLength(0);
  fireEvent.change(email(), { target: { value: 'carl@team.example' } });
  screen.getByText('They sign in by this one from now on', { exact: false });
  answers = [refusal('user.exists')];
  press('Save');
  await screen.findByText('There is a user with this address already.');
  expect(email().getAttribute('aria-invalid')).toBe('true');
  expect(asked[0]).toMatchObject({ email: 'carl@team.example', confirmed: false });
});

it('I-1 a candidate’s address is asked about first', async () => {
  dialog();
  fireEvent.change(email(), { target: { value: 'jane@home.example' } });
  answers = [refusal('user.address-of-candidate', { candidates: [{ id: 'jane', name: 'Jane' }] })];
  press('Save');
  await screen.findByText('Open Jane');
  press('Change it anyway');
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1]).toMatchObject({ email: 'jane@home.example', confirmed: true });
});

it('O-5 the company has the name that an admin gives it', async () => {
  show(<CompanySettings />);
  const name = screen.getByLabelText('Name of the company');
  expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
  fireEvent.change(name, { target: { value: '  ' } });
  press('Save');
  fireEvent.submit(name.closest('form') as HTMLFormElement);
  expect(asked).toHaveLength(0);
  fireEvent.change(name, { target: { value: ' Acme & Sons ' } });
  press('Save');
  await vi.waitFor(() => expect(asked).toEqual([{ name: 'Acme & Sons' }]));
});
