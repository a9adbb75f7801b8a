import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { jobPageQuery, jobQuery, type Place, userPageQuery } from '../api/queries';
import { switchLanguage } from '../i18n';
import { addWords, Narrow } from './narrow';
import { Nothing } from './nothing';
import { addressOf, filterOf, type Narrowing, narrowingIn, tabSearch } from './turns';

const JOB = '01890000-0000-7000-8000-00000000000a';
const job = { id: 'j', title: 'Welder', open: true };
const ben = { id: 'b', name: 'Ben Kern', email: 'Ben@x.example', active: true };
const gone = { ...ben, id: 'g', name: 'Una Gone', email: 'una@x.example', active: false };
let queries: QueryClient;
beforeEach(async () => {
  await addWords();
  await switchLanguage('en');
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(jobPageQuery({}).queryKey, { rows: [job], next: null } as never);
  queries.setQueryData(jobQuery('j').queryKey, job as never);
  const team = (q: string | undefined, rows: unknown[]) =>
    queries.setQueryData(userPageQuery(q === undefined ? {} : { q }).queryKey, {
      rows,
      next: null,
    } as never);
  team(undefined, [ben, gone]);
  team('ben@x.example', [ben]);
  team('Ben@x.example', [ben]);
  team('somebody@else.example', []);
});
const shown = (what: React.ReactNode) =>
  render(<QueryClientProvider client={queries}>{what}</QueryClientProvider>);

describe('M-2 the address of a narrowed list', () => {
  it('is read as what it is narrowed by, whatever else stands there', () => {
    const read = (search: Record<string, unknown>, place: Place = 'all') =>
      narrowingIn(place, tabSearch(search));
    const all = { unread: true, to_answer: true, job: JOB, person: 'ben@x.example' };
    expect(read({ ...all, tab: 'done', to: 'x' })).toEqual(all);
    for (const person of [7, 'ben', '@x', 'ben@', 'ben kern@x', true])
      expect(read({ person })).toEqual({});
    for (const job of [7, 'j', `${JOB}0`])
      expect(read({ unread: 1, to_answer: 'yes', job })).toEqual({});
    // Where it would say what a tab says, or what nothing there can be.
    for (const place of ['inbox', 'sent', 'archived'] as const)
      expect(read({ ...all, tab: 'waiting' }, place)).toEqual({
        unread: true,
        job: JOB,
        person: 'ben@x.example',
      });
    expect(read(all, 'non-candidates')).toEqual({
      unread: true,
      to_answer: true,
      person: 'ben@x.example',
    });
  });
  it('M-8 has who has waited longest first, where somebody waits', () => {
    const read = (place: Place, search: Record<string, unknown>) =>
      narrowingIn(place, tabSearch({ order: 'longest', ...search })).order;
    expect(read('inbox', {})).toBe('longest');
    expect(read('all', { to_answer: true })).toBe('longest');
    for (const [place, search] of [
      ['inbox', { tab: 'done' }],
      ['sent', {}],
      ['all', {}],
      ['archived', { to_answer: true }],
      ['inbox', { order: 'oldest' }],
    ] as const)
      expect(read(place, search), `${place} ${JSON.stringify(search)}`).toBeUndefined();
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
  it('narrows to a colleague’s mail, whoever has left included', async () => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    shown(<Narrow place="all" by={{ unread: true }} focus={false} onChange={onChange} />);
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Colleague' });
    expect([...choice.options].map((one) => one.text)).toEqual([
      'All colleagues',
      'Ben Kern',
      'Una Gone (deactivated)',
    ]);
    await userEvent.selectOptions(choice, 'Ben Kern');
    expect(onChange).toHaveBeenLastCalledWith({ unread: true, person: 'Ben@x.example' });
  });
  it.each([
    ['ben@x.example', 'Ben Kern'],
    ['somebody@else.example', 'somebody@else.example'],
  ])('says whom an address in the page’s address is of: %s', async (person, said) => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    shown(<Narrow place="all" by={{ person }} focus={false} onChange={onChange} />);
    const choice = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Colleague' });
    expect(choice.selectedOptions[0]?.text).toBe(said);
    await userEvent.selectOptions(choice, 'All colleagues');
    expect(onChange).toHaveBeenLastCalledWith({});
  });
  it('tells two of one name apart', () => {
    const twin = { ...ben, id: 't', email: 'b.kern@x.example' };
    const key = userPageQuery({}).queryKey;
    queries.setQueryData(key, { rows: [ben, twin], next: null } as never);
    shown(<Narrow place="all" by={{}} focus={false} onChange={() => {}} />);
    for (const { email } of [ben, twin])
      expect(screen.getByRole('option', { name: `Ben Kern (${email})` })).toBeTruthy();
  });
  it('M-8 puts who has waited longest first, of what is to be answered', async () => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    const narrow = (more: Partial<React.ComponentProps<typeof Narrow>>) =>
      shown(<Narrow place="inbox" by={{}} focus={false} onChange={onChange} {...more} />);
    narrow({ turn: 'waiting' });
    narrow({ place: 'all' });
    expect(screen.queryByRole('button', { name: 'Longest wait first' })).toBeNull();
    narrow({ turn: 'to_answer' }).unmount();
    narrow({ place: 'all', by: { to_answer: true } });
    await userEvent.click(screen.getByRole('button', { name: 'Longest wait first' }));
    expect(onChange).toHaveBeenLastCalledWith({ to_answer: true, order: 'longest' });
  });
  it('offers what the place can be narrowed by', () => {
    shown(<Narrow place="inbox" by={{}} focus={false} onChange={() => {}} />);
    expect(screen.queryByRole('button', { name: 'To answer' })).toBeNull();
    shown(<Narrow place="non-candidates" by={{}} focus={false} onChange={() => {}} />);
    expect(screen.getAllByRole('combobox', { name: 'Job' })).toHaveLength(1); // the inbox has one
    expect(screen.getAllByRole('combobox', { name: 'Colleague' })).toHaveLength(2);
  });
  it('says what leaves a list empty, and lifts it', async () => {
    const onChange = vi.fn<(to: Narrowing) => void>();
    shown(
      <Nothing
        place="all"
        turn={undefined}
        by={{ unread: true, job: 'j', person: 'ben@x.example' }}
        invited={false}
        connected
        further={undefined}
        busy={false}
        onChange={onChange}
      />,
    );
    expect(screen.getByText('Unread · Welder · Ben Kern')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Without “Welder”' }));
    expect(onChange).toHaveBeenLastCalledWith({ unread: true, person: 'ben@x.example' });
    await userEvent.click(screen.getByRole('button', { name: 'Without “Ben Kern”' }));
    expect(onChange).toHaveBeenLastCalledWith({ unread: true, job: 'j' });
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
