// What is asked when a session has ended under somebody's hands (setup/again.tsx).
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { Dialog } from '../ui/dialog';
import { Credentials } from './credentials';
import { tellTabs } from './tabs';

const MOMENT = 800; // milliseconds

// It opens under somebody's hands: what they press just then was meant for the page, and is no password.
// (What doesn't go to a field is nothing's: the dialog covers the page.)
function useUnmeant() {
  useEffect(() => {
    let since: number | undefined; // a field has had the focus
    const focus = ({ target }: FocusEvent) => {
      if (target instanceof HTMLInputElement) since ??= performance.now();
    };
    const key = (event: KeyboardEvent) => {
      const meant = since !== undefined && performance.now() - since > MOMENT;
      if (
        meant ||
        !(event.target instanceof HTMLInputElement) ||
        event.key.length > 1 ||
        event.ctrlKey ||
        event.metaKey
      )
        return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('focusin', focus);
    window.addEventListener('keydown', key, { capture: true });
    return () => {
      window.removeEventListener('focusin', focus);
      window.removeEventListener('keydown', key, { capture: true });
    };
  }, []);
}

// `onAnswered`: whether they are in.
export function AgainDialog({
  user,
  onAnswered,
}: {
  user: Schemas['User'];
  onAnswered: (signedIn: boolean) => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  useUnmeant();
  return (
    <Dialog
      open
      onClose={() => onAnswered(false)}
      title={t('signIn.again')}
      description={t('signIn.againText')}
    >
      <Credentials
        user={user}
        company={queries.getQueryData<Schemas['Me']>(keys.me)?.company.id}
        onSignedIn={(me) => {
          tellTabs({ signedIn: me.user.id });
          queries.setQueryData(keys.me, me);
          onAnswered(true);
        }}
        foot={(button) => <div className="dialog-foot">{button}</div>}
      />
    </Dialog>
  );
}
