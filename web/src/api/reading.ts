// What I have read, and what not (M-7): the page shows it at once.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { keys } from './queries';
import { patchRows, words } from './rows';
import { cameSince, type Read, reading, unreadAs } from './said';

type Marked = Pick<Schemas['ThreadRow'], 'id' | 'unread'>;

const say = words<boolean>();

/** At once, and taken back where the server refuses: then it throws. `seen`: up to where it was
 * shown (`came`); all of it, if that isn't said. */
export async function setUnread(
  queries: QueryClient,
  thread: Marked,
  unread: boolean,
  seen?: number,
): Promise<void> {
  const { id } = thread;
  const show = (read: Read) => {
    patchRows(queries, id, unreadAs(read.unread), { rows: (row) => !cameSince(row, read) });
  };
  reading.say(id, { unread, seen });
  void queries.cancelQueries({ queryKey: keys.thread(id), exact: true });
  show({ unread, seen });
  await say(
    id,
    { was: thread.unread, to: unread },
    () =>
      unwrap(
        client.PATCH('/threads/{id}', {
          params: { path: { id } },
          body: unread ? { unread } : { unread, seen },
          keepalive: true, // as in turning.ts
        }),
      ),
    (stands) => {
      const read = { unread: stands, seen };
      reading.settle(id, read);
      show(read);
      void queries.invalidateQueries({ queryKey: keys.thread(id), exact: true });
    },
  );
}
