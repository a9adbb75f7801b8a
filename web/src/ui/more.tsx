// What stands below a list of which more can be loaded.
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './button';

export function More({
  of,
}: {
  of: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => Promise<{ hasNextPage: boolean }>;
  };
}) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  // The button goes with the last page; whoever pressed it goes on from its place.
  const load = async () => {
    const { hasNextPage } = await of.fetchNextPage();
    if (!hasNextPage) place.current?.focus({ preventScroll: true });
  };
  return (
    <div ref={place} tabIndex={-1}>
      {of.hasNextPage && (
        <Button small busy={of.isFetchingNextPage} onClick={() => void load()}>
          {t('more')}
        </Button>
      )}
    </div>
  );
}
