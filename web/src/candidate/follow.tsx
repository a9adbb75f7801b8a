// Follow, or no longer: a candidate, with who else does; a job, by the star in its row.
import { useQueryClient } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { type Followed, setFollowed } from '../api/following';
import type { Candidate } from '../api/queries';
import { useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button, IconButton } from '../ui/button';
import { problemNotifier } from '../ui/notice';
import { Tip } from '../ui/tip';
import './candidate.css';

function useFollow(what: Followed, followed: boolean): () => void {
  const queries = useQueryClient();
  return () => void setFollowed(queries, what, !followed).catch(problemNotifier());
}

const star = (followed: boolean) => (
  <Star size={16} aria-hidden fill={followed ? 'currentColor' : 'none'} />
);

export function FollowCandidate({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation();
  const { id, followed } = candidate;
  const follow = useFollow({ kind: 'candidates', id }, followed);
  return (
    <div className="row wrap">
      <Tip text={t(followed ? 'follow.stop' : 'follow.what')}>
        <Button small icon={star(followed)} onClick={follow}>
          {t(followed ? 'follow.following' : 'follow.follow')}
        </Button>
      </Tip>
      <FollowedBy candidate={candidate} />
    </div>
  );
}

// "Followed by you, Ada and 3 more"
function FollowedBy({ candidate }: { candidate: Candidate }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const others = candidate.followers.filter((one) => one.id !== me?.user.id);
  const names = [
    ...(candidate.followed ? [t('follow.you')] : []),
    ...others.map((one) => one.name),
  ];
  // Whoever isn't named may be me.
  const hidden = candidate.followed && others.length === candidate.followers.length ? 1 : 0;
  const count = names.length + candidate.followers_left_out - hidden;
  if (count === 0) return null;
  const shown = count > 3 ? names.slice(0, 2) : names;
  if (count > shown.length)
    shown.push(t('follow.more', { shown: format.number(count - shown.length) }));
  return (
    <p className="small quiet grow">
      {t('follow.by', { names: new Intl.ListFormat(i18n.language).format(shown) })}
    </p>
  );
}

export function FollowJob({ job }: { job: Schemas['Job'] }) {
  const { t } = useTranslation();
  const { id, title, followed } = job;
  const follow = useFollow({ kind: 'jobs', id }, followed);
  return (
    <IconButton
      label={t(followed ? 'follow.stopJob' : 'follow.followJob', { title })}
      onClick={follow}
    >
      {star(followed)}
    </IconButton>
  );
}
