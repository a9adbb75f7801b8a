import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ReactNode, useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Candidate } from '../api/queries';
import type { Recipient } from './addresses';
import { message, thread } from './composer.fixtures';
import { knownIn } from './offered';
import { Recipients } from './recipients';

afterEach(() => void vi.restoreAllMocks());

const Served = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
    {children}
  </QueryClientProvider>
);
const users = [
  { id: 'ben', name: 'Ben Ñuñez', email: 'ben@n.example' },
  { id: 'bo', name: 'Bo Berg', email: 'bo@n.example' },
];
const asked: string[] = [];
function serveColleagues() {
  asked.length = 0;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { searchParams } = new URL((input as Request).url);
    asked.push(searchParams.get('q') ?? '');
    return Response.json({ rows: users, next: null });
  });
}
let value: Recipient[] = [];
function Field({ known, onEscape }: { known: readonly Recipient[]; onEscape: () => void }) {
  const [now, setNow] = useState<Recipient[]>([]);
  value = now;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: stands for the composer, which closes at Escape
    <div onKeyDown={(event) => event.key === 'Escape' && onEscape()}>
      <Recipients label="Cc" value={now} known={known} onChange={setNow} autoFocus />
      <input aria-label="next" />
    </div>
  );
}
function field(known: readonly Recipient[] = []) {
  serveColleagues();
  const escaped = vi.fn();
  render(<Field known={known} onEscape={escaped} />, { wrapper: Served });
  return { escaped, user: userEvent.setup() };
}
const offered = () => screen.queryAllByRole('option').map((one) => one.textContent);

it('W-1 a colleague is offered by part of a name, whatever its accents, and taken by Enter', async () => {
  const { user } = field();
  await user.keyboard('nun');
  expect(await screen.findByRole('option', { name: /Ben/ })).toBeTruthy();
  expect(offered()).toHaveLength(1);
  await user.keyboard('{Enter}');
  expect(value).toEqual([{ name: 'Ben Ñuñez', address: 'ben@n.example' }]);
  await user.keyboard('b');
  expect(await screen.findByRole('option', { name: /Bo/ })).toBeTruthy();
  expect(offered()).toHaveLength(1); // who has it already isn't offered
  expect(asked).toContain('nun');
});

it('W-1 arrows go through who is offered, Tab takes the one and goes on', async () => {
  const { user } = field([{ name: 'Bea', address: 'bea@c.example' }]);
  await user.keyboard('b');
  expect(offered()).toEqual(['Beabea@c.example']); // who is known is there before the server answers
  await screen.findByRole('option', { name: /Bo/ });
  await user.keyboard('{ArrowUp}{ArrowUp}{Tab}');
  expect(value).toEqual([{ name: 'Bo Berg', address: 'bo@n.example' }]);
  expect(document.activeElement).toBe(screen.getByLabelText('next'));
  expect(offered()).toEqual([]);
});

it('W-1 nobody is chosen before it is known who is offered, and who is chosen stays so', async () => {
  const { user } = field([{ name: 'Bea', address: 'bea@c.example' }]);
  let answer = () => {};
  const held = new Promise<void>((done) => (answer = done));
  vi.mocked(fetch).mockImplementation(async () => {
    await held;
    return Response.json({ rows: users, next: null });
  });
  await user.keyboard('b');
  expect(screen.queryByRole('option', { selected: true })).toBeNull();
  await user.keyboard('{ArrowDown}');
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('Bea');
  answer();
  await screen.findByRole('option', { name: /Bo/ });
  expect(offered()[0]).toContain('Ben');
  await user.keyboard('{Enter}');
  expect(value).toEqual([{ name: 'Bea', address: 'bea@c.example' }]);
});

it('W-1 a colleague whom somebody wrote to without a name is offered with their own', async () => {
  const { user } = field([{ name: '', address: 'BO@n.example' }]);
  await user.keyboard('bo');
  await screen.findByRole('option', { name: /Bo Berg/ });
  expect(offered()).toEqual(['Bo Bergbo@n.example']);
});

it('U4 THREAT1 who calls themselves as a colleague is chosen no sooner than the colleague', async () => {
  const { user } = field([{ name: 'bo berg', address: 'x@evil.example' }]);
  await user.keyboard('bo');
  await waitFor(() => expect(offered()).toEqual(['Bo Bergbo@n.example', 'bo bergx@evil.example']));
  expect(screen.queryByRole('option', { selected: true })).toBeNull();
  await user.keyboard('{ArrowDown}{Enter}');
  expect(value).toEqual([{ name: 'Bo Berg', address: 'bo@n.example' }]);
});

it.each(['bo@n.example', ' bo@n.example', 'bo@n.example ', 'bo\u200b@n.example'])(
  'W-1 who has typed an address means it, whoever else’s begins alike: %j',
  async (typed) => {
    const { user } = field([{ name: '', address: 'bo@n.example.org' }]);
    await user.keyboard(typed);
    await waitFor(() => expect(asked.length).toBeGreaterThan(0));
    await waitFor(() => expect(offered().length).toBeGreaterThan(0));
    expect(screen.queryByRole('option', { selected: true })).toBeNull();
    await user.keyboard('{Enter}');
    expect(value).toEqual([{ name: '', address: 'bo@n.example' }]);
  },
);

it('W-1 Escape closes what is offered, and only then what is written', async () => {
  const { user, escaped } = field([{ name: 'Bea', address: 'bea@c.example' }]);
  await user.keyboard('be{Escape}');
  expect(offered()).toEqual([]);
  expect(escaped).not.toHaveBeenCalled();
  await user.keyboard('{Enter}');
  expect(value).toEqual([{ name: '', address: 'be' }]);
  await user.keyboard('{Escape}');
  expect(escaped).toHaveBeenCalledOnce();
});

it('W-1 the candidate is offered where the message goes to, and never in a copy', () => {
  const lea = { name: 'Léa', addresses: [{ address: 'LEA@c.example', synced: true }] };
  const from = { name: 'Tom', address: 'tom@c.example' };
  const known = knownIn(
    { ...thread, messages: [message, { ...message, id: 'm2', from: [from] }] },
    lea as Candidate,
  );
  expect(known.copies.map((one) => one.address)).toEqual(['tom@c.example', 'anna@n.example']);
  expect(known.to[0]).toEqual({ name: 'Léa', address: 'LEA@c.example' });
  expect(known.to).toHaveLength(3);
});

const chipOf = (name: string, address = 'x@evil.example') => {
  const value = [{ name, address }];
  const { container } = render(
    <Recipients label="To" value={value} known={[]} onChange={() => {}} />,
    { wrapper: Served },
  );
  return container.querySelector<HTMLElement>('.chip')!;
};
const words = (chip: HTMLElement) =>
  [...chip.querySelectorAll('.chip-who > *')].map((one) => one.textContent);

it('U4 a recipient’s name stands before the address, and hides nothing of it', () => {
  const chip = chipOf('Ada Lovelace');
  expect(words(chip)).toEqual(['Ada Lovelace', 'x@evil.example']);
  expect(chip.title).toBe('Ada Lovelace <x@evil.example>');
});

it.each(['ada@lindenhof.example', 'ada\u200b@lindenhof.example', 'Ada (ada＠lindenhof.example)'])(
  'U4 THREAT1 a recipient’s name that says another address stands after it, as what it calls itself: %j',
  (name) => {
    const chip = chipOf(name);
    const seen = name.replace('\u200b', '');
    expect(words(chip)).toEqual(['x@evil.example', `calls itself “${seen}”`]);
    expect(chip.title).toBe(`x@evil.example (calls itself “${seen}”)`);
  },
);

it('U4 THREAT1 what isn’t seen is taken out of a recipient’s name', () => {
  expect(words(chipOf('\u202eAda\u200b \u0007 Lo\u2066velace'))[0]).toBe('Ada Lovelace');
  expect(words(chipOf('\u200b\u202e'))).toEqual(['x@evil.example']);
});

it('U4 a recipient’s name that is the address is said once', () => {
  expect(words(chipOf('X@evil.example'))).toEqual(['x@evil.example']);
});

it('THREAT1 an address with something in it that isn’t seen is none', () => {
  const chip = chipOf('', 'ada\u200b@lindenhof.example');
  expect(chip.className).toContain('bad');
  expect(screen.getByLabelText('Not a valid address')).toBeTruthy();
});

it('W-1 what is pasted takes the place of what is selected', async () => {
  const { user } = field();
  const box = screen.getByRole('combobox') as HTMLInputElement;
  await user.keyboard('jane@n.exam');
  box.setSelectionRange(0, box.value.length);
  await user.paste('lea@c.example');
  expect(value.map((one) => one.address)).toEqual(['lea@c.example']);
  await user.keyboard('tom');
  await user.paste('@c.example');
  expect(value.map((one) => one.address)).toEqual(['lea@c.example', 'tom@c.example']);
});
