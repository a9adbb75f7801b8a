import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { jobPageQuery, jobQuery, type Place } from '../api/queries';
import { switchLanguage } from '../i18n';
import { Narrow } from './narrow';
import { Nothing } from './nothing';
import { addressOf, filterOf, type Narrowing, narrowingIn, tabSearch } from './turns';

const JOB = '01890000-0000-7000-8000-00000000000a';
const job = { id: 'j', title: 'Welder', open: true };
let queries: QueryClient;
beforeEach(async () => {
  await switchLanguage('en');
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(jobPageQuery({}).queryKey, { rows: [job], next: null } as never);
  queries.setQueryData(jobQuery('j').queryKey, job as never);
});
const shown = (what: React.ReactNode) =>
  render(<QueryClientProvider client={queries}>{what}</QueryClientProvider>);

describe('M-2 the address of a narrowed list', () => {
  it('is read as what it is narrowed by, whatever else stands there', () => {
    const read = (search: Record<string, unknown>, place: Place = 'all') =>
      narrowingIn(place, tabSearch(search));
    const all = { unread: true, to_answer: true, job: JOB };
    expect(read({ ...all, tab: 'done', to: 'x' })).toEqual(all);
    for (const job of [7, 'j', `${JOB}0`])
      expect(read({ unread: 1, to_answer: 'yes', job })).toEqual({});
    // Where it would say what a tab says, or what nothing there can be.
    for (const place of ['inbox', 'sent', 'archived'] as const)
      expect(read({ ...all, tab: 'waiting' }, place)).toEqual({ unread: true, job: JOB });
    expect(read(all, 'non-candidates')).toEqual({ unread: true, to_answer: true });
  });
  it('says the same again', () => {
    expect(addressOf('inbox', 'done', { unread: true })).toEqual({ tab: 'done', unread: true });
    expect(addressOf('inbox', 'to_answer', {})).toEqual({});
    expect(filterOf('all', undefined, { unread: true, job: 'j' })).toEqual({
      place: 'all',
      unread: true,
      job: 'j',
    });
  });
});

describe('M-2 the filter above a list', () => {
  it('sets and lifts each by a press, and begins with the keyboard', async () => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    const { rerender } = shown(<Narrow place="all" by={{}} focus onChange={onChange} />);
    const unread = screen.getByRole('button', { name: 'Unread' });
    expect(document.activeElement).toBe(unread);
    await userEvent.keyboard(' ');
    expect(onChange).toHaveBeenLastCalledWith({ unread: true });
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Job' }), 'Welder');
    expect(onChange).toHaveBeenLastCalledWith({ job: 'j' });
    rerender(
      <QueryClientProvider client={queries}>
        <Narrow place="all" by={{ unread: true, job: 'j' }} focus={false} onChange={onChange} />
      </QueryClientProvider>,
    );
    const pressed = screen.getByRole('button', { pressed: true });
    expect(pressed.textContent).toBe('Unread');
    await userEvent.click(pressed);
    expect(onChange).toHaveBeenLastCalledWith({ job: 'j' });
  });
  it('offers what the place can be narrowed by', () => {
    shown(<Narrow place="inbox" by={{}} focus={false} onChange={() => {}} />);
    expect(screen.queryByRole('button', { name: 'To answer' })).toBeNull();
    shown(<Narrow place="non-candidates" by={{}} focus={false} onChange={() => {}} />);
    expect(screen.getAllByRole('combobox')).toHaveLength(1);
  });
  it('says what leaves a list empty, and lifts it', async () => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    shown(
      <Nothing
        place="all"
        turn={undefined}
        by={{ unread: true, job: 'j' }}
        invited={false}
        connected
        further={undefined}
        busy={false}
        onChange={onChange}
      />,
    );
    expect(screen.getByText('Unread · Welder')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Without “Welder”' }));
    expect(onChange).toHaveBeenLastCalledWith({ unread: true });
    await userEvent.click(screen.getByRole('button', { name: 'Remove filters' }));
    expect(onChange).toHaveBeenLastCalledWith({});
  });
  it('doesn’t say that nothing passes where not all was looked at', async () => {
    const further = vi.fn();
    shown(
      <Nothing
        place="all"
        turn={undefined}
        by={{ unread: true }}
        invited={false}
        connected
        further={further}
        busy={false}
        onChange={() => {}}
      />,
    );
    expect(screen.queryByText('No conversation passes the filter')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Look further back' }));
    expect(further).toHaveBeenCalledOnce();
  });
});
