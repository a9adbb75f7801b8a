// A new message to a candidate that was begun and left: it says so where the composer would be.
import { Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../composer/drafts';
import { discardUnfinished, firstWords } from '../composer/unfinished';
import type { useMe } from '../frame/hooks';
import { IconButton } from '../ui/button';
import { Tag } from '../ui/state';

export function DraftLies({
  me,
  about,
  draft,
  onOpen,
}: {
  me: NonNullable<ReturnType<typeof useMe>>;
  about: string;
  draft: Draft;
  onOpen: () => void;
}) {
  const { t } = useTranslation();
  const words = firstWords(draft, me.user.signature_html ?? '');
  return (
    <div className="draft-lies">
      <button type="button" className="draft-lies-open" onClick={onOpen}>
        <Tag tone="accent">{t('compose.draft')}</Tag>
        {draft.subject && (
          <strong className="truncate" dir="auto">
            {draft.subject}
          </strong>
        )}
        <span className="truncate quiet grow" dir="auto">
          {words || (!draft.subject && t('compose.nothingYet'))}
        </span>
      </button>
      <IconButton
        label={t('compose.discard')}
        onClick={() => discardUnfinished(me.user.id, about, t)}
      >
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
