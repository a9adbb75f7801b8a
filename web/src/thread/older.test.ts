import { describe, expect, it } from 'vitest';
import type { Message } from '../api/queries';
import { joined } from './older';

const message = (id: string) => ({ id }) as Message;
const ids = (messages: Message[]) => messages.map((one) => one.id);

describe('what a long conversation shows', () => {
  it('keeps older messages, and those that slid out of the newest page', () => {
    const first = joined([], ['c', 'd'].map(message));
    const withOlder = joined(['a', 'b'].map(message), first);
    expect(ids(joined(withOlder, ['d', 'e'].map(message)))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
  it('drops what was only waiting to be sent', () => {
    const before = [message('a'), message('pending:1')];
    expect(ids(joined(before, [message('a'), message('b')]))).toEqual(['a', 'b']);
  });
});
