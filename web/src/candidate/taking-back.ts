import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { takeExchangeBack } from '../api/merging';
import { notifier, problemNotifier } from '../ui/notice';

/** An exchange is with who is no candidate again; whoever hasn't gone elsewhere meanwhile is led to it. */
export function useTakeBack(): (thread: string) => Promise<void> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (thread) => {
    const [notify, tell] = [notifier(), problemNotifier()];
    const at = window.location.pathname;
    try {
      await takeExchangeBack(queries, thread);
    } catch (error) {
      return tell(error);
    }
    notify(t('nonCandidate.back'), { about: `exchange ${thread}` });
    if (window.location.pathname !== at) return;
    void navigate({ to: '/non-candidates/$threadId', params: { threadId: thread } });
  };
}
