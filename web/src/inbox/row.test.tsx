import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { keys, type ThreadRow } from '../api/queries';
import { forgetDrafts, put, remove } from '../composer/stored';
import { Row } from './row';

const thread = {
  id: 't1',
  candidate: 'jane',
  candidate_name: 'Jane',
  jobs: [],
  subject: 'My start',
  kind: 'conversation',
  messages: 1,
  last_at: '2026-11-18T10:00:00Z',
  last_direction: 'incoming',
  last_kind: 'human',
  last_snippet: 'Hello Ada, when can I start?',
  done_by: [],
  done_by_others: 0,
} as unknown as ThreadRow;

it('M-7 W-1 a row says that half an answer lies there, as long as it does', () => {
  const queries = new QueryClient();
  queries.setQueryData(keys.me, { user: { id: 'ada' } });
  render(
    <QueryClientProvider client={queries}>
      <Row thread={thread} current={false} link={(props) => <a href="/" {...props} />} />
    </QueryClientProvider>,
  );
  expect(screen.getByRole('link').textContent).toContain('when can I start? – My start');
  const drafted = () => screen.queryByText('Draft') !== null;
  expect(drafted()).toBe(false);
  act(() => void put('hearback.draft.ben.thread:t1', {}));
  expect(drafted(), 'somebody else’s').toBe(false);
  act(() => void put('hearback.draft.ada.thread:t1', {}));
  expect(drafted()).toBe(true);
  act(() => remove('hearback.draft.ada.thread:t1'));
  expect(drafted()).toBe(false);
  act(() => void put('hearback.draft.ada.thread:t1', {}));
  act(() => forgetDrafts());
  expect(drafted()).toBe(false);
});

it('REL3 a letter of mine that lies stuck behind a later one is told in its row', () => {
  const queries = new QueryClient();
  queries.setQueryDefaults(keys.outbox, { staleTime: Number.POSITIVE_INFINITY });
  const shown = (state: string, one: Partial<ThreadRow> = {}) => {
    const rows = [{ id: 'o1', thread: 't1', state }];
    queries.setQueryData(keys.outbox, { rows, next: null });
    const { container, unmount } = render(
      <QueryClientProvider client={queries}>
        <Row
          thread={{ ...thread, ...one }}
          current={false}
          link={(props) => <a href="/" {...props} />}
        />
      </QueryClientProvider>,
    );
    const text = container.textContent!;
    unmount();
    return text;
  };
  expect(shown('failed', { last_outbox_state: 'sent' })).toContain('Not sent');
  const unclear = shown('uncertain', { last_outbox_state: 'sent' });
  expect(unclear).toContain('Uncertain');
  expect(unclear).not.toContain('Not sent');
  expect(shown('uncertain', { last_outbox_state: 'failed' })).toContain('Not sent');
  expect(shown('failed', { id: 't2' })).not.toContain('Not sent');
  expect(shown('sending')).not.toContain('Not sent');
});
