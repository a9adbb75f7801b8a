import { part } from '../ui/part';
import { Skeleton } from '../ui/state';
import { useEarlyKeys } from './early';
import { RichText } from './rich-text';

export function Coming() {
  useEarlyKeys(true);
  return (
    <div className="composer-waiting">
      <Skeleton rows={3} />
    </div>
  );
}
export const Composer = part(() => import('./composer'), 'Composer', {
  waiting: <Coming />,
});
export const WRITING = [Composer, RichText];
