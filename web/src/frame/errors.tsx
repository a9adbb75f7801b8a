import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { toProblem } from '../api/client';
import { Button } from '../ui/button';
import { Empty, Failed } from '../ui/state';

// Pages come on demand: one that didn't come means that the server is away, or newer than this tab.
const UNLOADED = /dynamically imported module|importing a module script|preload CSS/i;

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const unloaded = error instanceof Error && UNLOADED.test(error.message);
  return (
    <main id="main" tabIndex={-1}>
      <Failed
        error={unloaded ? toProblem(error, 0) : error}
        onRetry={() => {
          if (unloaded) return location.reload();
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}

export function NotFound() {
  const { t } = useTranslation();
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
