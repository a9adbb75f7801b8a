import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '../api/queries';
import { useTitle } from '../frame/hooks';
import { isLanguage, switchLanguage } from '../i18n';
import { Credentials } from './credentials';
import { Door } from './door';
import { hearTabs, tellTabs } from './tabs';
import { adoptZone } from './zone';

export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: '/sign-in' });
  useTitle(t('signIn.title'));
  const go = async () => {
    if (next) router.history.push(next);
    else await navigate({ to: '/inbox' });
  };
  const latest = useRef(go);
  latest.current = go;
  // Another tab changed whose session it is: what is known here may be somebody else's. After a sign-in
  // the place behind the door asks who it is.
  useEffect(
    () =>
      hearTabs((word) => {
        queries.clear();
        if ('signedIn' in word) void latest.current();
      }),
    [queries],
  );
  return (
    <Door title={t('signIn.title')} text={t('signIn.text')}>
      <Credentials
        onSignedIn={async (me) => {
          queries.clear();
          queries.setQueryData(keys.me, me);
          // Where its words don't come, the page behind the door sees to it: they are in.
          if (isLanguage(me.user.language)) await switchLanguage(me.user.language).catch(() => {});
          void adoptZone(queries, me);
          tellTabs({ signedIn: me.user.id });
          await go();
        }}
      />
    </Door>
  );
}
