// What stands for a message while it is on its way, and where it didn't go.
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { isLost, isUntold } from '../api/client';
import { problemWords } from '../api/problem';
import { Banner, ProblemBanner } from '../ui/state';
import { lostOf, readAttempts } from './drafts';
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

// The server knows a message by its key for a week.
const KNOWN_FOR = 6 * 24 * 3600_000;

/** What is said to whoever may send it again: it goes once as long as the server knows all that may have gone. */
export const lostWords = (user: string, about: string) => {
  const oldest = Math.min(
    ...readAttempts(user, about).flatMap(({ lost }) => (lost ? [lost.at ?? 0] : [])),
  );
  return Date.now() - oldest < KNOWN_FOR ? 'compose.unknownText' : 'compose.unknownLong';
};

/** Nobody answered when it was sent before, maybe in another tab, or before a reload. */
export const LOST_BEFORE = Symbol('lost before');

// Where nobody answered, it may be on its way all the same; also where it was refused since.
export function NotSent({ error, user, about }: { error: unknown; user: string; about: string }) {
  const { t } = useTranslation();
  if (error !== LOST_BEFORE && !isLost(error) && !lostOf(user, about))
    return <ProblemBanner error={error} />;
  const unknown = t('compose.unknown');
  const next = t(lostWords(user, about));
  const { title, detail } = error === LOST_BEFORE ? { title: unknown } : problemWords(error);
  // What the server advises of what it can't tell is to look first: a message may be sent again.
  const words = [title !== unknown && unknown, next, !isUntold(error) && detail];
  return (
    <Banner tone="problem" role="alert" title={title}>
      {words.filter(Boolean).join(' ')}
    </Banner>
  );
}
