// Marking a conversation as unread or read (u); and reading it, which marks it by itself (M-7).
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { meQuery, type Thread, type ThreadRow } from '../api/queries';
import { setUnread } from '../api/reading';
import { notifier } from '../ui/notice';

type Marked = Pick<ThreadRow, 'id' | 'candidate_name' | 'unread' | 'came'>;

export function useMark(): (thread: Marked, unread: boolean) => void {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (thread, unread) => {
    // A row that hides something says that nothing of it was seen: then it is said of all that has come.
    const seen = thread.came ? seenOf(queries, thread) : undefined;
    const notify = notifier();
    void setUnread(queries, thread, unread, seen).catch((error) => {
      const { title, detail } = problemWords(error);
      const failed = t('thread.notMarked', { name: thread.candidate_name });
      notify([failed, title, detail].filter(Boolean).join(' '), {
        tone: 'problem',
        about: `mark ${thread.id}`,
      });
    });
  };
}

// Up to where the user has had each conversation on the screen (`came`): a row may show less.
const onScreen = new Map<string, number>();
const place = (queries: QueryClient, thread: string) =>
  `${queries.getQueryData(meQuery.queryKey)?.user.id} ${thread}`;
export const seenOf = (queries: QueryClient, row: Pick<ThreadRow, 'id' | 'came'>): number =>
  Math.max(row.came, onScreen.get(place(queries, row.id)) ?? 0);

// What is on the screen is read, up to what had come when it was asked for. What was marked as unread in another
// window stays so; and a server that can’t be told, or doesn’t hear, isn’t asked again and again.
// `current`: the answer isn’t an older one, which doesn’t know yet what is unread.
const MOST_TOLD = 3; // times of one state
export function useReading(
  thread: Thread | undefined,
  current: boolean,
  leaving: () => boolean,
): void {
  const queries = useQueryClient();
  const shown = useRef<{ came: number; told: number }>(undefined);
  useEffect(() => {
    if (!thread || !(thread.unread || current)) return;
    const { came } = thread;
    const see = () => {
      if (document.visibilityState !== 'visible' || leaving()) return;
      const before = shown.current?.came === came;
      if (!shown.current || !before) shown.current = { came, told: 0 };
      onScreen.set(place(queries, thread.id), came);
      if (!thread.unread || (before && thread.marked_unread)) return;
      if (shown.current.told++ < MOST_TOLD)
        void setUnread(queries, thread, false, came).catch(() => {});
    };
    see();
    document.addEventListener('visibilitychange', see);
    return () => document.removeEventListener('visibilitychange', see);
  }, [queries, thread, current, leaving]);
}
