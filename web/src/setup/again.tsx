// A session that ends under somebody's hands: signed in again in a dialog over the page, nothing that was
// being read or written is lost.
import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { Dialog } from '../ui/dialog';
import { Credentials } from './credentials';

let waiting: ((signedIn: boolean) => void)[] = [];
const listeners = new Set<() => void>();

function settle(signedIn: boolean) {
  const all = waiting;
  waiting = [];
  for (const resolve of all) resolve(signedIn);
  for (const listener of listeners) listener();
}

// Opens the dialog, once for all who ask; tells whether somebody is signed in again.
export function signedInAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    for (const listener of listeners) listener();
  });
}

function useAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}

export function SignInAgain({ user, onLeave }: { user: Schemas['User']; onLeave: () => void }) {
  const asked = useAsked();
  return asked ? <AgainDialog user={user} onLeave={onLeave} /> : null;
}

function AgainDialog({ user, onLeave }: { user: Schemas['User']; onLeave: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return (
    <Dialog
      open
      onClose={() => {
        settle(false);
        onLeave();
      }}
      title={t('signIn.again')}
      description={t('signIn.againText')}
    >
      <Credentials
        user={user}
        onSignedIn={(me) => {
          queries.setQueryData(keys.me, me);
          settle(true);
          void queries.invalidateQueries();
        }}
        foot={(button) => <div className="dialog-foot">{button}</div>}
      />
    </Dialog>
  );
}
