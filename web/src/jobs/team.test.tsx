import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { TeamChoice } from './team';

// More colleagues than a page of them; the one who is on the team isn't on it.
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ rows: [{ id: 'u-1', name: 'Ada', role: 'admin' }], next: 'more' }),
  );
});

function Choosing() {
  const [team, setTeam] = useState([{ id: 'u-2', name: 'Zoe', role: 'manager' as const }]);
  return <TeamChoice team={team} onChange={setTeam as never} />;
}

it('keeps whoever is unticked in the list, where the focus is', async () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Choosing />
    </QueryClientProvider>,
  );
  await screen.findByRole('checkbox', { name: /Ada/ }, { timeout: 20_000 });
  const zoe = screen.getByRole('checkbox', { name: /Zoe/ }) as HTMLInputElement;
  zoe.focus();
  fireEvent.click(zoe);
  expect(screen.getByRole('checkbox', { name: /Zoe/ })).toBe(zoe);
  expect(zoe.checked).toBe(false);
  expect(document.activeElement).toBe(zoe);
  fireEvent.click(zoe);
  expect(zoe.checked).toBe(true);
  expect(screen.getAllByRole('checkbox')).toHaveLength(2);
}, 60_000);
