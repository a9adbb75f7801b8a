// A first message to somebody who is no candidate (M-3), where the conversation will lie.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Composer } from '../composer/on-demand';
import { useTitle } from '../frame/hooks';
import { IconButton } from '../ui/button';

export function FirstLetter() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to = '' } = useSearch({ from: '/app/non-candidates/new' });
  const back = () => void navigate({ to: '/non-candidates' });
  const sent = useRef(false); // its composer closes behind it
  useTitle(t('compose.title'));
  return (
    <div className="pane" key={to}>
      <header className="pane-head">
        <IconButton className="back" label={t('back')} onClick={back}>
          <ArrowLeft size={20} aria-hidden />
        </IconButton>
        <h1 className="grow truncate">{t('compose.toNonCandidate')}</h1>
      </header>
      <div className="pane-body">
        <div className="thread-body">
          <Composer
            to={to}
            onClose={() => {
              if (!sent.current) back();
            }}
            onUndo={() => void navigate({ to: '/non-candidates/new', search: to ? { to } : {} })}
            onSent={(threadId) => {
              sent.current = true;
              void navigate({
                to: '/non-candidates/$threadId',
                params: { threadId },
                replace: true, // nobody goes back to an empty one
              });
            }}
          />
        </div>
      </div>
    </div>
  );
}
