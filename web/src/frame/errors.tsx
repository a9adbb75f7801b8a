import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE, isAway, ProblemError, toProblem } from '../api/client';
import { Button } from '../ui/button';
import { Empty, Failed } from '../ui/state';
import { useTitle } from './hooks';

// Pages come on demand: one that didn't come means that the server is away, or newer than this tab.
class NotLoaded extends ProblemError {}

export function notLoaded(error: unknown): never {
  throw new NotLoaded(toProblem(error, 0).problem);
}

const AGAIN = 2000; // milliseconds
const RELOADED = 'hearback.reloaded';

// Goes on by itself when a server that didn't answer does so again. One that answers at once wasn't
// away: trying again is the reader's then, but for the one time that `once` allows.
function useReturn(away: boolean, once: () => boolean, go: () => void) {
  const latest = useRef({ once, go });
  latest.current = { once, go };
  useEffect(() => {
    if (!away) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    let silent = false;
    const ask = async () => {
      const well = await fetch(`${BASE}/health`, { cache: 'no-store' }).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ended) return;
      if (!well) {
        silent = true;
        timer = setTimeout(() => void ask(), AGAIN);
      } else if (silent || latest.current.once()) latest.current.go();
    };
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [away]);
}

// A tab that is older than its server becomes a new one, but doesn't reload for ever.
function reloadsOnce(): boolean {
  try {
    const last = Number(sessionStorage.getItem(RELOADED));
    if (Date.now() - last < 60_000) return false;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    return true;
  } catch {
    return false; // forbidden: then its reader reloads it
  }
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const unloaded = error instanceof NotLoaded;
  const retry = () => {
    if (unloaded) return location.reload();
    reset();
    void router.invalidate();
  };
  useReturn(isAway(error), () => unloaded && reloadsOnce(), retry);
  return (
    <main id="main" tabIndex={-1}>
      <Failed error={error} onRetry={retry} />
    </main>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return (
    <main id="main" tabIndex={-1}>
      <Empty
        icon={<SearchX size={24} aria-hidden />}
        title={t('notFound.title')}
        text={t('notFound.text')}
      >
        <Button asChild>
          <Link to="/inbox">{t('notFound.home')}</Link>
        </Button>
      </Empty>
    </main>
  );
}
