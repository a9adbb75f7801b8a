// The editor is larger than all else: it comes when somebody writes, or reads what can be answered.
import { part } from '../ui/part';

export const RichText = part(() => import('./editor'), 'RichText', {
  waiting: <div className="rich-text-box waiting" />,
});
