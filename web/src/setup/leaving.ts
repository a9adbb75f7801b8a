// Nothing of whoever leaves meets who signs in next in this tab: no question, no notice, no answer.
import type { QueryClient } from '@tanstack/react-query';
import { forgetWords } from '../api/rows';
import { forgetSaid } from '../api/said';
import { forgetDrafts } from '../composer/drafts';
import { forgetRecent } from '../search/recent';
import { forgetNotices } from '../ui/notice';
import { askNobody } from './again';

/** The session has ended. What its user was writing stays for them. */
export function forgetSession(queries: QueryClient): void {
  askNobody();
  forgetNotices();
  forgetSaid();
  forgetWords();
  queries.clear();
}

/** They signed out: what was kept in this browser for them goes, too. */
export function forgetUser(queries: QueryClient): void {
  forgetDrafts();
  forgetRecent();
  forgetSession(queries);
}
