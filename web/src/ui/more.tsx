// What stands below a list of which more can be loaded.
import { useTranslation } from 'react-i18next';
import { Button } from './button';

export function More({
  of,
}: {
  of: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  return (
    <div>
      <Button small busy={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        {t('more')}
      </Button>
    </div>
  );
}
