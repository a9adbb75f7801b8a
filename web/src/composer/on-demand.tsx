import { part } from '../ui/part';
import { Skeleton } from '../ui/state';
import { useEarlyKeys } from './early';
import { RichText } from './rich-text';

// In front of a draft that lay there, letters are what they are anywhere.
export function Coming({ calm = false }: { calm?: boolean | undefined }) {
  useEarlyKeys(!calm);
  return (
    <div className="composer-waiting">
      <Skeleton rows={3} />
    </div>
  );
}
export const Composer = part(() => import('./composer'), 'Composer', {
  waiting: ({ calm }) => <Coming calm={calm} />,
});
export const WRITING = [Composer, RichText];
