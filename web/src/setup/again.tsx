// A session that ends under somebody's hands: signed in again in a dialog over the page, nothing that was
// being read or written is lost.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { client, type Schemas, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field, Input } from '../ui/field';
import { ProblemBanner } from '../ui/state';

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
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => unwrap(client.POST('/session', { body: { email: user.email, password } })),
    meta: { signsIn: true },
    onSuccess: (me) => {
      queries.setQueryData(keys.me, me);
      settle(true);
      void queries.invalidateQueries();
    },
  });
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
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (!signIn.isPending) signIn.mutate();
        }}
      >
        {signIn.isError && <ProblemBanner error={signIn.error} />}
        <Field label={t('field.email')}>
          <Input type="email" autoComplete="username" readOnly value={user.email} />
        </Field>
        <Field label={t('field.password')}>
          <Input
            autoFocus
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <div className="dialog-foot">
          <Button look="primary" type="submit" busy={signIn.isPending}>
            {t('signIn.go')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
