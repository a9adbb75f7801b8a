import type { QueryClient } from '@tanstack/react-query';
import { client, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { type Language, switchLanguage } from '../i18n';
import { notifyProblem } from '../ui/notice';

/** For this user, wherever they sign in. */
export async function chooseLanguage(queries: QueryClient, next: Language): Promise<void> {
  try {
    await switchLanguage(next);
    queries.setQueryData(keys.me, await unwrap(client.PATCH('/me', { body: { language: next } })));
  } catch (error) {
    notifyProblem(error);
  }
}
