// What stands for a message while it is on its way, and where it didn't go.
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isLost } from '../api/client';
import { problemWords } from '../api/problem';
import { Banner, ProblemBanner } from '../ui/state';
import { lostWords } from './drafts';
import { isWriting, takeEarly, typedOn } from './early';
import { typedMeanwhile } from './shared';

// In place of the writing, and as such: a letter is one of the next message's, and no shortcut.
export function Sending({
  place,
  calm,
  onClose,
}: {
  place: string;
  calm: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    typedMeanwhile.set(place, typedMeanwhile.of(place) + takeEarly());
    if (!calm) box.current?.focus({ preventScroll: true });
  }, [place, calm]);
  return (
    <form
      ref={box}
      className="composer"
      aria-label={t('compose.title')}
      tabIndex={-1}
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        const typed = typedMeanwhile.of(place);
        if (isWriting(event)) typedMeanwhile.set(place, typedOn(typed, event.key));
        else if (event.key === 'Escape' && !typed) onClose();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <p className="quiet" role="status">
        {t('outbox.state.sending')}
      </p>
    </form>
  );
}

/** Nobody answered when it was sent before, maybe in another tab, or before a reload. */
export const LOST_BEFORE = Symbol('lost before');

// Where nobody answered, it may be on its way all the same.
export function NotSent({ error, user, about }: { error: unknown; user: string; about: string }) {
  const { t } = useTranslation();
  const next = t(lostWords(user, about));
  if (error === LOST_BEFORE)
    return (
      <Banner tone="problem" role="alert" title={t('compose.unknown')}>
        {next}
      </Banner>
    );
  if (!isLost(error)) return <ProblemBanner error={error} />;
  const { title, detail } = problemWords(error);
  return (
    <Banner tone="problem" role="alert" title={title}>
      {[t('compose.unknown'), next, detail].join(' ')}
    </Banner>
  );
}
