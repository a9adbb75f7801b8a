import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../api/queries';
import { OutboxLine } from './outbox-state';

const row: OutboxMessage = {
  id: 'o1',
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
