// Times are shown in the zone of whoever reads them. Accounts are made with UTC; the first time that
// somebody signs in in a browser, its own zone is taken, said, and can be taken back.
import type { QueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { i18n } from '../i18n';
import { remember, remembered } from '../remembered';
import { notify, notifyProblem } from '../ui/notice';

export const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function zoneChoices(chosen: string): { value: string; label: string }[] {
  const all = new Set([chosen, browserZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return [...all].sort().map((value) => ({ value, label: value.replaceAll('_', ' ') }));
}

export async function saveZone(queries: QueryClient, zone: string): Promise<void> {
  queries.setQueryData(keys.me, await unwrap(client.PATCH('/me', { body: { time_zone: zone } })));
}

export async function adoptZone(queries: QueryClient, me: Schemas['Me']): Promise<void> {
  const zone = browserZone();
  const asked = `hearback.zone.${me.user.id}`;
  if (me.user.time_zone !== 'UTC' || zone === 'UTC' || remembered(asked)) return;
  try {
    await saveZone(queries, zone);
    remember(asked, zone);
    notify(i18n.t('zone.adopted', { zone: zone.replaceAll('_', ' ') }), {
      action: {
        label: i18n.t('undo'),
        run: () => void saveZone(queries, 'UTC').catch(notifyProblem),
      },
    });
  } catch (error) {
    notifyProblem(error);
  }
}
