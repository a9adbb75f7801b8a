// What I have read, and what not (M-7): the page shows it at once.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { keys } from './queries';
import { patchRows, words } from './rows';
import { reading } from './said';

type Read = Pick<Schemas['ThreadRow'], 'id' | 'unread'>;

const say = words<boolean>();

/** At once, and taken back where the server refuses: then it throws. `seen`: up to where it was
 * shown (`came`); all of it, if that isn't said. */
export async function setUnread(
  queries: QueryClient,
  thread: Read,
  unread: boolean,
  seen?: number,
): Promise<void> {
  const { id } = thread;
  reading.say(id, unread);
  void queries.cancelQueries({ queryKey: keys.thread(id), exact: true });
  patchRows(queries, id, { unread });
  await say(
    id,
    { was: thread.unread, to: unread },
    () =>
      unwrap(
        client.PATCH('/threads/{id}', {
          params: { path: { id } },
          body: unread ? { unread } : { unread, seen },
        }),
      ),
    (stands) => {
      reading.settle(id, stands);
      patchRows(queries, id, { unread: stands });
      void queries.invalidateQueries({ queryKey: keys.thread(id), exact: true });
    },
  );
}
