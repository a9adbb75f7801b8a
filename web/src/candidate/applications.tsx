// In which jobs a candidate is, where in each, and since when by whom; changed right there (O-5).
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import {
  type Application,
  moveApplication,
  movedMeanwhile,
  putBackApplication,
  type Stage,
  type StageKind,
  takeOutApplication,
} from '../api/moving';
import { type Candidate, jobQuery, keys } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { JobChoice } from '../jobs/choice';
import { Button, IconButton } from '../ui/button';
import { Choice } from '../ui/choice';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { notifier, problemNotifier } from '../ui/notice';
import { ProblemBanner } from '../ui/state';
import './candidate.css';

export function Applications({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const [adding, setAdding] = useState(false);
  const add = useRef<HTMLDivElement>(null);
  const takeOut = useTakeOut(candidate.id, () => add.current?.querySelector('button')?.focus());
  return (
    <>
      {candidate.applications.length === 0 ? (
        <p className="small quiet">{t('card.noJobs')}</p>
      ) : (
        <ul className="card-list">
          {candidate.applications.map((application) => (
            <li key={application.id}>
              <div className="row">
                <Link className="plain grow" to="/candidates" search={{ job: application.job }}>
                  {application.job_title}
                </Link>
                {mayEdit && (
                  <IconButton
                    label={t('application.remove', { job: application.job_title })}
                    onClick={(event) => void takeOut(application, event.currentTarget)}
                  >
                    <X size={14} aria-hidden />
                  </IconButton>
                )}
              </div>
              {mayEdit ? (
                <Places candidate={candidate.id} application={application} />
              ) : (
                <p className="small quiet" dir="auto">
                  {application.phase.name} · {application.status.name}
                </p>
              )}
              <LastMove application={application} />
            </li>
          ))}
        </ul>
      )}
      {mayEdit && (
        <div ref={add}>
          <Button small icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('application.add')}
          </Button>
        </div>
      )}
      {adding && (
        <AddToJob
          candidate={candidate}
          takeOut={(added) => void takeOut(added, document.body)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

// "by Ada, 3 Nov"
function LastMove({ application: { moved_at, moved_by } }: { application: Application }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!moved_at) return null;
  const date = format.listTime(moved_at);
  return (
    <p className="small quiet">
      <time dateTime={moved_at} title={format.full(moved_at)}>
        {moved_by
          ? t('application.movedBy', { name: moved_by, date })
          : t('application.moved', { date })}
      </time>
    </p>
  );
}

function Places({ candidate, application }: { candidate: string; application: Application }) {
  const { t } = useTranslation();
  const job = useQuery(jobQuery(application.job));
  const move = useMove(candidate);
  const choice = (kind: StageKind, stages: readonly Stage[] | undefined) => {
    const now = application[kind];
    // Until the others are known there is this one.
    const all = stages?.some((one) => one.id === now.id) ? stages : [now];
    return (
      <Choice
        label={t(`application.${kind}In`, { job: application.job_title })}
        value={{ value: now.id, label: now.name }}
        options={all.map((one) => ({ value: one.id, label: one.name }))}
        onChange={(id) => {
          const to = all.find((one) => one.id === id);
          if (to && to.id !== now.id) void move(application, kind, to);
        }}
      />
    );
  };
  return (
    <div className="application-places">
      {choice('phase', job.data?.phases)}
      {choice('status', job.data?.statuses)}
    </div>
  );
}

// Out of that job, and back where it was. Whoever sees the candidate by that job alone is led away from them.
function useTakeOut(candidate: string, onGone: () => void) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sayMoved = useSayMoved();
  const about = (id: string) => `application ${id}`;
  const [busy] = useState(() => new Set<string>()); // which are on their way out
  async function putBack({ id, job_title: job }: Application): Promise<void> {
    const [notify, tell] = [notifier(), problemNotifier()];
    try {
      await putBackApplication(queries, candidate, id);
      notify(t('application.putBack', { job }), { about: about(id) });
    } catch (error) {
      tell(error);
    }
  }
  return async function takeOut(application: Application, button: Element): Promise<void> {
    const { id, job_title: job } = application;
    if (busy.has(id)) return;
    busy.add(id);
    const [notify, tell] = [notifier(), problemNotifier()];
    const at = window.location.pathname;
    try {
      const sees = await takeOutApplication(queries, candidate, application);
      notify(t('application.removed', { job }), {
        about: about(id),
        action: { label: t('undo'), run: () => void putBack(application) },
      });
      // Whoever has gone elsewhere meanwhile stays there.
      if (window.location.pathname !== at) return;
      const focused = document.activeElement;
      if (!sees) void navigate({ to: '/candidates' });
      else if (!focused || focused === button || focused === document.body) onGone();
    } catch (error) {
      if (!sayMoved(error, id, notify)) tell(error);
    } finally {
      busy.delete(id);
    }
  };
}

// Where a colleague was faster. → whether one was.
function useSayMoved() {
  const { t } = useTranslation();
  const format = useFormat();
  return (error: unknown, id: string, notify: ReturnType<typeof notifier>): boolean => {
    const now = movedMeanwhile(error);
    if (!now?.moved_at) return false;
    notify(
      t(now.moved_by ? 'application.meanwhileBy' : 'application.meanwhile', {
        name: now.moved_by,
        date: format.moment(now.moved_at),
        place: `${now.phase.name} · ${now.status.name}`,
      }),
      { tone: 'problem', about: `application ${id}` },
    );
    return true;
  };
}

function useMove(candidate: string) {
  const { t } = useTranslation();
  const sayMoved = useSayMoved();
  const queries = useQueryClient();
  return async function move(application: Application, kind: StageKind, to: Stage): Promise<void> {
    const [notify, tell] = [notifier(), problemNotifier()];
    const from = application[kind];
    try {
      await moveApplication(queries, candidate, application, kind, to);
      notify(t('application.isNow', { job: application.job_title, name: to.name }), {
        about: `application ${application.id}`,
        action: {
          label: t('undo'),
          run: () => void move({ ...application, [kind]: to }, kind, from),
        },
      });
    } catch (error) {
      if (!sayMoved(error, application.id, notify)) tell(error);
    }
  };
}

const OPEN = { open: true };

function AddToJob({
  candidate,
  takeOut,
  onClose,
}: {
  candidate: Candidate;
  takeOut: (added: Application) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [job, setJob] = useState('');
  const [missing, setMissing] = useState(false);
  const there = candidate.applications.some((one) => one.job === job);
  const add = useMutation({
    mutationFn: () =>
      unwrap(
        client.POST('/candidates/{id}/applications', {
          params: { path: { id: candidate.id } },
          body: { job },
        }),
      ),
    onMutate: notifier,
    onSuccess: (added, _, notify) => {
      void queries.invalidateQueries({ queryKey: keys.candidate(candidate.id) });
      void queries.invalidateQueries({ queryKey: keys.candidates });
      void queries.invalidateQueries({ queryKey: keys.jobs });
      void queries.invalidateQueries({ queryKey: keys.stageCounts });
      notify(t('application.added', { job: added.job_title }), {
        about: `application ${added.id}`,
        action: { label: t('undo'), run: () => takeOut(added) },
      });
      onClose();
    },
  });
  const error = missing && !job ? t('field.required') : undefined;
  return (
    <Dialog open onClose={onClose} title={t('application.add')}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!job);
          if (job && !there && !add.isPending) add.mutate();
        }}
      >
        <Field
          label={t('field.job')}
          hint={t('application.addHint')}
          error={there ? t('application.there') : error}
        >
          <JobChoice
            autoFocus
            value={job}
            none={t('application.choose')}
            filter={OPEN}
            onChange={setJob}
          />
        </Field>
        {add.isError && <ProblemBanner error={add.error} />}
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={add.isPending}>
            {t('application.addIt')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
