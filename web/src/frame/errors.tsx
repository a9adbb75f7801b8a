import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/button';
import { Empty, Failed } from '../ui/state';

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main id="main" tabIndex={-1}>
      <Failed
        error={error}
        onRetry={() => {
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
