import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keys, type OutboxMessage } from '../api/queries';
import { message } from '../composer/composer.fixtures';
import { OutboxLine, OutboxQuestion } from './outbox-state';

const row: OutboxMessage = {
  id: 'o1',
  mine: true,
  state: 'sent',
  thread: 't1',
  candidate: 'lea',
  message: 'm2',
  created: '2026-01-01T00:00:00Z',
  sent: '2026-01-01T00:00:05Z',
  attempts: 1,
  next_try: null,
  copy_filed: false,
  why: '',
  answer: '',
};
const words = (shown: OutboxMessage) => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <OutboxLine row={shown} />
    </QueryClientProvider>,
  );
  return screen.getByRole('status').textContent;
};
afterEach(cleanup);

describe('the way out of a message, in words', () => {
  it('S-1 a message is sent while its copy waits, and says what it waits for', () => {
    expect(words({ ...row, why: 'outbox.sent-unsearchable' })).toBe(
      'Sent. No copy lies in the folder for sent mail yet: The folder for sent mail can’t be searched.',
    );
  });
  it('says no more where nothing is wrong', () => {
    expect(words(row)).toBe('Sent');
  });
});

describe('what its writer decides', () => {
  const buttons = (shown: OutboxMessage) => {
    const queries = new QueryClient();
    queries.setQueryData(keys.me, { user: { id: 'anna', time_zone: 'UTC' } });
    render(
      <QueryClientProvider client={queries}>
        <OutboxQuestion row={shown} message={message} onEdit={vi.fn()} />
      </QueryClientProvider>,
    );
    return screen.queryAllByRole('button').map((one) => one.textContent);
  };
  it.each([
    ['uncertain', ['Leave it', 'Send again']],
    ['failed', ['Try again', 'Edit and send again', 'Give up']],
    ['bounced', ['Edit and send again']],
    ['cancelled', ['Edit and send again']],
    ['sent', []],
  ] as const)('W-5 of what is %s, and nobody else', (state, shown) => {
    expect(buttons({ ...row, state })).toHaveLength(shown.length);
    cleanup();
    expect(buttons({ ...row, state, mine: false })).toEqual([]);
  });
});
