// Signing out, wherever it is done.
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, unwrap } from '../api/client';
import { countDrafts } from '../composer/stored';
import { Ask } from '../ui/dialog';
import { notifyProblem } from '../ui/notice';
import { askNobody } from './again';
import { forgetUser, sameSession } from './leaving';
import { tellTabs } from './tabs';

let leaving: (() => boolean) | undefined; // whoever leaves right now, as long as it is still they

/** `signOut` asks first where drafts would go with the session; `question` is what it asks. */
export function useSignOut(): { signOut: () => void; question: ReactNode } {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [lost, setLost] = useState(0); // drafts that would go with it

  async function leave() {
    setLost(0);
    if (leaving?.()) return; // already
    const same = sameSession(queries);
    leaving = same;
    const stay = askNobody(); // that their session has ended
    try {
      await unwrap(client.DELETE('/session')).catch((error: unknown) => {
        // It had ended already: then nothing of it stays here either.
        if (!(error instanceof ProblemError && error.status === 401)) throw error;
      });
      if (!same()) return; // they have left otherwise meanwhile; who is in now stays
      tellTabs({ signedOut: true });
      forgetUser(queries);
      await navigate({ to: '/sign-in' });
    } catch (error) {
      if (!same()) return;
      stay();
      notifyProblem(error);
    } finally {
      if (leaving === same) leaving = undefined;
    }
  }
  const signOut = () => {
    const drafts = countDrafts();
    if (drafts > 0) setLost(drafts);
    else void leave();
  };
  const question = (
    <Ask
      open={lost > 0}
      onClose={() => setLost(0)}
      title={t('leaving.title', { count: lost })}
      text={t('leaving.text', { count: lost })}
      cancel={t('leaving.stay')}
      confirm={t('signOut')}
      onConfirm={() => void leave()}
      danger
    />
  );
  return { signOut, question };
}
