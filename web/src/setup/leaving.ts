// Nothing of whoever leaves meets who signs in next in this tab: no question, no notice, no answer.
import type { QueryClient } from '@tanstack/react-query';
import { endSession, type Schemas } from '../api/client';
import { keys } from '../api/queries';
import { forgetWords } from '../api/rows';
import { forgetSaid } from '../api/said';
import { forgetGoingUp } from '../composer/going-up';
import { typedMeanwhile } from '../composer/shared';
import { forgetDrafts } from '../composer/stored';
import { forgetRecent } from '../search/recent';
import { forgetNotices } from '../ui/notice';
import { askNobody } from './again';

let ended = 0; // how many sessions
const userOf = (queries: QueryClient) => queries.getQueryData<Schemas['Me']>(keys.me)?.user.id;
/** Whether it is still the session of now, for what takes its time. */
export function sameSession(queries: QueryClient): () => boolean {
  const [before, user] = [ended, userOf(queries)];
  return () => before === ended && user === userOf(queries);
}

/** The session has ended. What its user was writing stays for them. */
export function forgetSession(queries: QueryClient): void {
  ended++;
  endSession();
  askNobody();
  forgetNotices();
  forgetSaid();
  forgetWords();
  queries.clear();
}

/** They signed out: what was kept in this browser for them goes, too. */
export function forgetUser(queries: QueryClient): void {
  forgetGoingUp();
  typedMeanwhile.forget();
  forgetDrafts();
  forgetRecent();
  forgetSession(queries);
}
