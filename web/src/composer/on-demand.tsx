import { part } from '../ui/part';
import { Skeleton } from '../ui/state';
import { RichText } from './rich-text';

export const Composer = part(() => import('./composer').then((m) => m.Composer), {
  waiting: <Skeleton rows={3} />,
});
export const WRITING = [Composer, RichText];
