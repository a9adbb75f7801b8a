import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MergePreview } from '../api/merging';
import { type Candidate, keys } from '../api/queries';
import { Notices } from '../ui/notice';
import { Merged } from './merged';
import { MergeDialog } from './merging';

const mara = { id: 'mara', name: 'Mara Lind', merges: [] } as unknown as Candidate;
const preview: MergePreview = {
  kept_name: 'Mara Lind',
  merged_name: 'M. Lind',
  addresses: [
    { address: 'mara@home.example', synced: true, why_not: '', of: 'kept' },
    { address: 'lind@work.example', synced: true, why_not: '', of: 'merged' },
  ],
  applications: [
    {
      id: 'a',
      job: { id: 'j', title: 'Welder' },
      phase: 'Interview',
      status: 'New',
      of: 'kept',
      left_out: false,
    },
    {
      id: 'b',
      job: { id: 'j', title: 'Welder' },
      phase: 'Applied',
      status: 'New',
      of: 'merged',
      left_out: true,
    },
  ],
  threads: 2,
  messages: 5,
  files: 0,
  more: false,
  followers: 1,
  gain: [{ id: 'ben', name: 'Ben', sees: 'kept' }],
  version: 'v1',
};

let queries: QueryClient;
let previewed: MergePreview;
let sent: string[];
let bodies: unknown[];
let used: (string | null)[]; // keys
let answer: () => Response | Promise<Response>;
beforeEach(() => {
  previewed = preview;
  sent = [];
  bodies = [];
  used = [];
  answer = () => new Response(null, { status: 204 });
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: { id: 'ada', role: 'manager' } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const { pathname, search } = new URL(request.url);
    sent.push(`${request.method} ${pathname.replace('/api/v1', '')}${search}`);
    if (request.method === 'GET' && pathname.endsWith('/merge')) return Response.json(previewed);
    if (request.method === 'GET') {
      const rows = ['Mara Lind', 'M. Lind'].map((name) => ({
        id: name === 'Mara Lind' ? 'mara' : 'lind',
        name,
        addresses: ['lind@work.example'],
        applications: [],
      }));
      return Response.json({ rows, next: null });
    }
    const text = await request.text();
    if (text) bodies.push(JSON.parse(text));
    used.push(request.headers.get('Idempotency-Key'));
    return answer();
  });
});
const show = (inside: ReactNode) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        {inside}
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );

function Once() {
  const [open, setOpen] = useState(true);
  const other = { id: 'lind', name: 'M. Lind' };
  return open && <MergeDialog candidate={mara} other={other} onClose={() => setOpen(false)} />;
}

describe('O-5 merging two candidates', () => {
  it('asks who, by the keyboard alone, and never offers the same', async () => {
    show(<MergeDialog candidate={mara} onClose={() => {}} />);
    await screen.findByRole('option', { name: /M\. Lind/ });
    expect(sent[0]).toMatch(/q=Lind/); // who shares a word of the name stands there already
    expect(screen.queryByRole('option', { name: /Mara Lind/ })).toBeNull();
    await userEvent.type(screen.getByRole('combobox'), 'lind');
    await userEvent.keyboard('{Enter}');
    await screen.findByText(/2 conversations and 5 messages|2 conversations, and 5 messages/);
  });
  it('says what goes where and who will see more, and merges what was shown', async () => {
    show(<Once />);
    await screen.findByText(/put aside, as Mara Lind is in this job already/);
    screen.getByText('Ben: so far only Mara Lind. Then the e-mail with M. Lind as well.');
    await userEvent.click(screen.getByRole('radio', { name: 'M. Lind' }));
    await userEvent.click(screen.getByRole('button', { name: 'Merge' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(bodies).toEqual([{ with: 'lind', version: 'v1', name: 'merged' }]);
    await userEvent.click(await screen.findByRole('button', { name: /Undo/ }));
    await waitFor(() => expect(sent).toContain('DELETE /merges/lind'));
  });
  it('shows anew what has changed meanwhile', async () => {
    answer = () =>
      Response.json(
        { type: 'about:blank', title: 'x', status: 409, code: 'merge.changed' },
        { status: 409 },
      );
    show(
      <MergeDialog candidate={mara} other={{ id: 'lind', name: 'M. Lind' }} onClose={() => {}} />,
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }));
    await screen.findByText('Something about the two has changed meanwhile.');
    await waitFor(() => expect(sent.filter((one) => one.includes('/merge?'))).toHaveLength(2));
  });
  it('asks for the same once more where no answer came', async () => {
    answer = () => {
      throw new TypeError('network');
    };
    show(<Once />);
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }));
    await screen.findByRole('alert');
    expect(sent.filter((one) => one.includes('/merge?'))).toHaveLength(1);
    answer = () => new Response(null, { status: 204 });
    await userEvent.click(screen.getByRole('button', { name: 'Merge' }));
    await waitFor(() => expect(bodies).toHaveLength(2));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(used[1]).toBe(used[0]);
  });
  it('stays with the choice that is being saved', async () => {
    let come: (response: Response) => void = () => {};
    answer = () =>
      new Promise<Response>((resolve) => {
        come = resolve;
      });
    show(<Once />);
    await userEvent.click(await screen.findByRole('button', { name: 'Merge' }));
    await waitFor(() => expect(bodies).toHaveLength(1));
    await userEvent.click(screen.getByRole('button', { name: 'Choose another one' }));
    expect(screen.queryByRole('combobox')).toBeNull();
    come(new Response(null, { status: 204 }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});

describe('who has become part of a candidate', () => {
  const merges = (until: string | null) => [
    {
      id: 'lind',
      name: 'M. Lind',
      by: 'Ada',
      at: '2026-11-29T10:00:00.000Z',
      exchange: false,
      undo_until: until,
    },
  ];
  it('is parted again by whoever may', async () => {
    show(<Merged merges={merges('2999-01-01T00:00:00.000Z')} />);
    screen.getByText(/Merged with M. Lind by Ada/);
    await userEvent.click(screen.getByRole('button', { name: 'Undo this merge' }));
    await waitFor(() => expect(sent).toEqual(['DELETE /merges/lind']));
  });
  it('M-3 is said of an exchange that was added, and that is taken back', async () => {
    show(<Merged merges={[{ ...merges('2999-01-01T00:00:00.000Z')[0]!, exchange: true }]} />);
    screen.getByText(/The exchange with M. Lind was added by Ada/);
    await userEvent.click(screen.getByRole('button', { name: 'Undo this' }));
    await waitFor(() => expect(sent).toEqual(['DELETE /merges/lind']));
  });
  it('is only said when it is too late, or not theirs to undo', () => {
    const { unmount } = show(<Merged merges={merges('2020-01-01T00:00:00.000Z')} />);
    expect(screen.queryByRole('button', { name: 'Undo this merge' })).toBeNull();
    unmount();
    queries.setQueryData(keys.me, { user: { id: 'eva', role: 'evaluator' } });
    show(<Merged merges={merges('2999-01-01T00:00:00.000Z')} />);
    expect(screen.queryByRole('button', { name: 'Undo this merge' })).toBeNull();
  });
});

it('O-5 two of one name are told apart by an address', async () => {
  previewed = { ...preview, merged_name: 'mara lind' };
  const other = { id: 'lind', name: 'mara lind' };
  show(<MergeDialog candidate={mara} other={other} onClose={() => {}} />);
  await screen.findByText(
    'Ben: so far only Mara Lind (mara@home.example). Then the e-mail with mara lind (lind@work.example) as well.',
  );
  screen.getByRole('heading', { name: 'Merge with Mara Lind' });
});
