import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Archive, ArchiveRestore, BriefcaseBusiness, Plus, Settings2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, type Schemas, unwrap } from '../api/client';
import { jobListQuery, jobPageQuery, keys, MOST_SEARCHED } from '../api/queries';
import { FollowJob } from '../candidate/follow';
import { useDebounced, useHere, useMayEdit, useMe, useTitle } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { folded } from '../search/folded';
import { useAdding } from '../ui/adding';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Checkbox, Field, Input } from '../ui/field';
import { More } from '../ui/more';
import { notify, notifyProblem } from '../ui/notice';
import { useRowWalk } from '../ui/row-walk';
import { Avatar, Empty, Failed, ProblemBanner, Skeleton, Tag } from '../ui/state';
import { Tip } from '../ui/tip';
import { type Kind, KindChoice, type Member, TeamChoice } from './team';
import './jobs.css';

export function Jobs() {
  const { t } = useTranslation();
  const { add } = useSearch({ from: '/app/jobs' });
  const jobs = useInfiniteQuery(jobListQuery);
  const rows = jobs.data?.pages.flatMap((page) => page.rows) ?? [];
  useTitle(t('place.jobs'));
  const mayAdd = useMayEdit();
  const walk = useRowWalk(() => {
    if (jobs.hasNextPage && !jobs.isFetchingNextPage) void jobs.fetchNextPage();
  });
  const open = useAdding();
  return (
    <main className="page-main" id="main" tabIndex={-1}>
      <div className="page-inner">
        <header className="page-head">
          <h1>{t('place.jobs')}</h1>
          {mayAdd && (
            <Button asChild>
              <Link to="/settings/import" search={{ what: 'jobs' }}>
                {t('settings.import')}
              </Link>
            </Button>
          )}
          {mayAdd && (
            <Button look="primary" icon={<Plus size={16} aria-hidden />} onClick={() => open(true)}>
              {t('jobs.add')}
            </Button>
          )}
        </header>
        {jobs.isPending ? (
          <Skeleton rows={5} />
        ) : jobs.isError && !jobs.data ? (
          <Failed error={jobs.error} onRetry={() => void jobs.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            icon={<BriefcaseBusiness size={24} aria-hidden />}
            title={t('jobs.none')}
            text={mayAdd ? t('jobs.noneText') : t('jobs.noneForMe')}
          >
            {mayAdd && (
              <Button look="primary" onClick={() => open(true)}>
                {t('jobs.add')}
              </Button>
            )}
          </Empty>
        ) : (
          <ul className="jobs" {...walk}>
            {rows.map((job) => (
              <li key={job.id} className="job" data-id={job.id}>
                <JobLink job={job} />
                <FollowJob job={job} />
                {mayAdd && <Edit job={job} />}
                {mayAdd && <Archiving job={job} />}
              </li>
            ))}
          </ul>
        )}
        <More of={jobs} />
      </div>
      {add && mayAdd && <AddJob onClose={() => open(false)} />}
    </main>
  );
}

function JobLink({ job }: { job: Schemas['Job'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const team = job.team.map((one) => one.name);
  return (
    <Link to="/candidates" search={{ job: job.id }} className="job-link">
      <span className="grow">
        <strong className="truncate">{job.title}</strong>
        <span className="small quiet">{t(`jobs.kind.${job.kind}`)}</span>
      </span>
      {!job.open && <Tag>{t('jobs.closed')}</Tag>}
      <span className="job-team" title={team.join(', ')}>
        <span className="sr">
          {t('jobs.team')}: {team.join(', ')}
        </span>
        {team.slice(0, 4).map((name) => (
          <Avatar key={name} name={name} small />
        ))}
        {team.length > 4 && <span className="small quiet">+{team.length - 4}</span>}
      </span>
      <span className="job-count tabular small">
        {t('jobs.candidates', {
          count: job.candidates,
          shown: format.number(job.candidates),
        })}
      </span>
    </Link>
  );
}

// All that can be changed of it.
function Edit({ job }: { job: Schemas['Job'] }) {
  const { t } = useTranslation();
  const label = t('stages.editOf', { title: job.title });
  return (
    <Tip text={label}>
      <Link
        to="/jobs/$jobId"
        params={{ jobId: job.id }}
        className="button icon ghost"
        aria-label={label}
      >
        <Settings2 size={18} aria-hidden />
      </Link>
    </Tip>
  );
}

// As a row goes, the next one comes under the pointer: the second press of a double one was meant for neither.
const MOVES = 800; // ms
let last = { job: '', at: -MOVES };

// Archived jobs stand last: where its row goes, the focus goes along.
function Archiving({ job }: { job: Schemas['Job'] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const button = useRef<HTMLButtonElement>(null);
  const pressed = useRef(false);
  const [reopening, setReopening] = useState(false);
  const change = useMutation({
    mutationFn: ({ body }: { body: { open: boolean; catch_up?: boolean }; undoes?: true }) =>
      unwrap(client.PATCH('/jobs/{id}', { params: { path: { id: job.id } }, body })),
    onSuccess: ({ title, open }, { undoes }) => {
      void queries.invalidateQueries({ queryKey: keys.jobs });
      setReopening(false);
      notify(t(open ? 'jobs.reopened' : 'jobs.archived', { title }), {
        about: `job ${job.id}`,
        // What is taken back loses nothing of what came meanwhile; and the next Undo is of what was done before.
        ...(!undoes && {
          action: {
            label: t('undo'),
            run: () =>
              change.mutate({
                body: open ? { open: false } : { open: true, catch_up: true },
                undoes: true,
              }),
          },
        }),
      });
    },
    onError: notifyProblem,
  });
  useEffect(() => {
    if (pressed.current && document.activeElement === document.body) {
      button.current?.focus({ preventScroll: true });
    }
  });
  return (
    <>
      <IconButton
        ref={button}
        label={t(job.open ? 'jobs.archiveOf' : 'jobs.reopenOf', { title: job.title })}
        aria-busy={change.isPending || undefined}
        onClick={({ timeStamp }) => {
          if (last.job !== job.id && timeStamp - last.at < MOVES) return;
          last = { job: job.id, at: timeStamp };
          pressed.current = true;
          if (!job.open) setReopening(true);
          else if (!change.isPending) change.mutate({ body: { open: false } });
        }}
        onBlur={(event) => {
          // Somebody went elsewhere; a row that is moved goes nowhere.
          if (event.relatedTarget) pressed.current = false;
        }}
      >
        {job.open ? <Archive size={18} aria-hidden /> : <ArchiveRestore size={18} aria-hidden />}
      </IconButton>
      {reopening && (
        <Reopen
          job={job}
          busy={change.isPending}
          onClose={() => setReopening(false)}
          onReopen={(catch_up) => change.mutate({ body: { open: true, catch_up } })}
        />
      )}
    </>
  );
}

// S-6: whoever opens a job again says whether what came meanwhile is wanted.
function Reopen({
  job,
  busy,
  onClose,
  onReopen,
}: {
  job: Schemas['Job'];
  busy: boolean;
  onClose: () => void;
  onReopen: (catchUp: boolean) => void;
}) {
  const { t } = useTranslation();
  const [catchUp, setCatchUp] = useState(true);
  return (
    <Dialog open onClose={onClose} title={t('jobs.reopen', { title: job.title })}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onReopen(catchUp);
        }}
      >
        <p>{t('jobs.reopenText')}</p>
        <Checkbox checked={catchUp} onChange={({ target }) => setCatchUp(target.checked)}>
          {t('jobs.catchUp')}
        </Checkbox>
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={busy} autoFocus>
            {t('jobs.reopenIt')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// Which job has the title already: two may, a warning asks nothing. Its line keeps its room.
function SameTitle({ title }: { title: string }) {
  const { t } = useTranslation();
  const asked = useDebounced(title.trim(), 150).slice(0, MOST_SEARCHED);
  const found = useQuery({ ...jobPageQuery({ q: asked }), enabled: asked !== '' });
  const same = (found.data?.rows ?? []).filter((one) => folded(one.title) === folded(title.trim()));
  return (
    <p className="small same-name" role="status">
      {same.length > 0 && t('jobs.sameTitle')}
      {same.slice(0, 3).map((one) => (
        <span key={one.id}>
          {' '}
          <Link to="/jobs/$jobId" params={{ jobId: one.id }}>
            {one.open ? one.title : t('jobs.isClosed', { title: one.title })}
          </Link>
        </span>
      ))}
    </p>
  );
}

function AddJob({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const [title, setTitle] = useState('');
  const [kind, setKind] = useState<Kind>('offer');
  const [team, setTeam] = useState<Member[]>(me ? [me.user] : []);
  const [missing, setMissing] = useState(false);
  const here = useHere();
  // A second press comes before that is drawn; and once it is made the dialog goes, which takes a moment.
  const under = useRef(false);
  const add = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST('/jobs', {
          body: { title: title.trim(), kind, team: team.map((one) => one.id) },
        }),
      ),
    onSuccess: (job) => {
      void queries.invalidateQueries({ queryKey: keys.jobs });
      notify(t('jobs.added', { title: job.title }));
      if (here.current) onClose(); // whoever has gone on stays where they are
    },
    onError: () => {
      under.current = false;
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('jobs.add')}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!title.trim());
          if (!title.trim() || under.current) return;
          under.current = true;
          add.mutate();
        }}
      >
        <Field label={t('jobs.title')} error={missing ? t('field.required') : undefined}>
          <Input
            autoFocus
            value={title}
            maxLength={200}
            onChange={(event) => setTitle(event.target.value)}
          />
        </Field>
        <SameTitle title={title} />
        <KindChoice kind={kind} onChange={setKind} />
        <TeamChoice team={team} onChange={setTeam} />
        {add.isError && <ProblemBanner error={add.error} />}
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={add.isPending}>
            {t('jobs.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
