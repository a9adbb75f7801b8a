// All that can be changed of a job (O-5). What a colleague changed meanwhile isn't undone: then
// this page says so, and keeps what was typed until it is shown as it is now.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowDown, ArrowLeft, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type ComponentProps, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { failed, jobQuery, keys } from '../api/queries';
import { useMayEdit, useMe, useTitle } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button, IconButton } from '../ui/button';
import { Field, Input, Select, showFaults } from '../ui/field';
import { notifier } from '../ui/notice';
import { part } from '../ui/part';
import { Failed, ProblemBanner, Skeleton } from '../ui/state';
import { KindChoice, type Member, TeamChoice } from './team';
import './jobs.css';

type Job = Schemas['Job'];
type InUse = NonNullable<Schemas['StagesProblem']['stages']>[number];
// `id`: of one that is there already. `key`: on this page.
type Draft = { key: string; id?: string; name: string };
const LISTS = ['phases', 'statuses'] as const;
type List = (typeof LISTS)[number];
const MOST = { phases: 30, statuses: 50 };
const LONGEST = 60;

const PhaseLinks = part<
  ComponentProps<typeof import('../candidate/of-stage').PhaseLinks>,
  'PhaseLinks'
>(
  async () => {
    const module = await import('../candidate/of-stage');
    await module.addWords();
    return module;
  },
  'PhaseLinks',
  { waiting: <div className="phase-links" /> },
);

export function JobSettings() {
  const { t } = useTranslation();
  const { jobId } = useParams({ from: '/app/jobs/$jobId' });
  const job = useQuery(jobQuery(jobId));
  const mayEdit = useMayEdit();
  // What is being edited is what was shown, whatever comes in meanwhile.
  const [shown, setShown] = useState<Job>();
  useTitle(job.data?.title);
  const editing = shown ?? job.data;
  return (
    <main className="page-main" id="main" tabIndex={-1}>
      <div className="page-inner">
        <header className="page-head">
          <Link to="/jobs" className="row small">
            <ArrowLeft size={16} aria-hidden />
            {t('place.jobs')}
          </Link>
        </header>
        {job.data && <PhaseLinks job={jobId} />}
        {job.isPending ? (
          <Skeleton rows={6} />
        ) : failed(job) || !editing ? (
          <Failed error={job.error} onRetry={() => void job.refetch()} />
        ) : mayEdit ? (
          <Form
            key={`${editing.id} ${editing.version}`}
            job={editing}
            onTouch={() => setShown(editing)}
            onAnew={async () => {
              await job.refetch();
              setShown(undefined);
            }}
          />
        ) : (
          <Plain job={job.data} />
        )}
      </div>
    </main>
  );
}

function Plain({ job }: { job: Job }) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{job.title}</h1>
      <p className="quiet">{t(`jobs.kind.${job.kind}`)}</p>
      <h2>{t('jobs.team')}</h2>
      <ul>
        {job.team.map(({ id, name }) => (
          <li key={id} dir="auto">
            {name}
          </li>
        ))}
      </ul>
      {LISTS.map((list) => (
        <section key={list}>
          <h2>{t(`stages.${list}`)}</h2>
          <ol className="stages-plain">
            {job[list].map(({ id, name }) => (
              <li key={id} dir="auto">
                {name}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

const drafts = (stages: readonly Schemas['Stage'][]): Draft[] =>
  stages.map(({ id, name }) => ({ key: id, id, name }));
// Ids of those who are not among the others.
const without = (these: readonly Member[], those: readonly Member[]) =>
  these.filter((one) => !those.some(({ id }) => id === one.id)).map(({ id }) => id);
const bare = (list: readonly Draft[]) =>
  list.map(({ id, name }) => ({ ...(id ? { id } : {}), name: name.trim() }));

// What is wrong with a name: empty, or another's.
export function faultOf(
  list: readonly Draft[],
  { key, name }: Draft,
): 'empty' | 'twice' | undefined {
  const said = (text: string) => text.trim().toLowerCase();
  if (!said(name)) return 'empty';
  return list.some((one) => one.key !== key && said(one.name) === said(name)) ? 'twice' : undefined;
}

function Form({
  job,
  onTouch,
  onAnew,
}: {
  job: Job;
  onTouch: () => void;
  onAnew: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const me = useMe();
  const [title, setTitle] = useState(job.title);
  const [kind, setKind] = useState(job.kind);
  const [team, setTeam] = useState<Member[]>(job.team);
  const [lists, setLists] = useState({
    phases: drafts(job.phases),
    statuses: drafts(job.statuses),
  });
  const [checked, setChecked] = useState(false);
  const [to, setTo] = useState<Record<string, string>>({}); // where applications go, by what is removed
  const differs = (list: List) => JSON.stringify(bare(lists[list])) !== JSON.stringify(job[list]);
  const added = without(team, job.team);
  const removed = without(job.team, team);
  const dirty =
    title.trim() !== job.title ||
    kind !== job.kind ||
    added.length + removed.length > 0 ||
    LISTS.some(differs);
  const gone = (id: string) => !LISTS.some((list) => lists[list].some((one) => one.id === id));
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        client.PATCH('/jobs/{id}', {
          params: { path: { id: job.id } },
          body: {
            title: title.trim(),
            ...(kind !== job.kind && { kind }),
            team_added: added,
            team_removed: removed,
            phases: bare(lists.phases),
            statuses: bare(lists.statuses),
            version: job.version,
            replace: Object.entries(to)
              .filter(([removed, by]) => by && gone(removed))
              .map(([removed, by]) => ({ removed, by })),
          },
        }),
      ),
    onSuccess: (changed) => {
      queries.setQueryData(jobQuery(job.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: keys.jobs });
      void queries.invalidateQueries({ queryKey: keys.candidates });
      void queries.invalidateQueries({ queryKey: keys.stageCounts });
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'candidate',
      });
      notifier()(t('saved'));
      void navigate({ to: '/jobs' });
    },
  });
  const problem = save.error instanceof ProblemError ? save.error : undefined;
  const inUse =
    problem?.code === 'job.stage-in-use'
      ? ((problem.problem as Schemas['StagesProblem']).stages ?? []).filter(({ id }) => gone(id))
      : [];
  const change = (list: List, next: Draft[]) => {
    onTouch();
    setLists({ ...lists, [list]: next });
  };
  const faulty =
    !title.trim() || LISTS.some((list) => lists[list].some((one) => faultOf(lists[list], one)));
  return (
    <form
      ref={form}
      className="stack stages-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (save.isPending) return;
        if (faulty || inUse.some(({ id }) => !to[id])) {
          showFaults(form.current, () => setChecked(true));
          return;
        }
        save.mutate();
      }}
    >
      <h1>{t('stages.title', { title: job.title })}</h1>
      <Field
        label={t('jobs.title')}
        error={checked && !title.trim() ? t('field.required') : undefined}
      >
        <Input
          value={title}
          maxLength={200}
          onChange={(event) => {
            onTouch();
            setTitle(event.target.value);
          }}
        />
      </Field>
      <KindChoice
        kind={kind}
        onChange={(next) => {
          onTouch();
          setKind(next);
        }}
      />
      <TeamChoice
        team={team}
        held={me?.user.all_jobs ? undefined : me?.user.id}
        onChange={(next) => {
          onTouch();
          setTeam(next);
        }}
      />
      {LISTS.map((list) => (
        <StageList
          key={list}
          list={list}
          stages={lists[list]}
          checked={checked}
          onChange={(next) => change(list, next)}
        />
      ))}
      {inUse.length > 0 ? (
        <Replacing
          job={job}
          inUse={inUse}
          lists={lists}
          to={to}
          checked={checked}
          onChange={setTo}
        />
      ) : (
        problem &&
        problem.code !== 'job.stage-in-use' && (
          <ProblemBanner
            error={problem}
            actions={
              problem.code === 'job.changed' && (
                <Button small onClick={() => void onAnew()}>
                  {t('stages.anew')}
                </Button>
              )
            }
          />
        )
      )}
      <div className="dialog-foot">
        <span className="grow small quiet" role="status">
          {dirty ? t('unsaved') : ''}
        </span>
        <Button onClick={() => void navigate({ to: '/jobs' })}>{t('cancel')}</Button>
        <Button look="primary" type="submit" busy={save.isPending} disabled={!dirty}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

let made = 0;

function StageList({
  list,
  stages,
  checked,
  onChange,
}: {
  list: List;
  stages: readonly Draft[];
  checked: boolean;
  onChange: (stages: Draft[]) => void;
}) {
  const { t } = useTranslation();
  const rows = useRef<HTMLOListElement>(null);
  // After the rows are drawn anew: the focus goes along with what was moved, or stays where it was.
  const focus = (at: number, what: string) =>
    requestAnimationFrame(() => {
      const row = rows.current?.children[at];
      const wanted = row?.querySelector<HTMLElement>(`[data-what=${what}]:not(:disabled)`);
      (wanted ?? row?.querySelector<HTMLElement>('input'))?.focus();
    });
  const move = (at: number, by: 1 | -1, what: string) => {
    const next = [...stages];
    next.splice(at + by, 0, ...next.splice(at, 1));
    onChange(next);
    focus(at + by, what);
  };
  return (
    <fieldset>
      <legend className="legend">{t(`stages.${list}`)}</legend>
      <p className="field-hint">{t(`stages.${list}Hint`)}</p>
      <ol className="stages" ref={rows}>
        {stages.map((stage, at) => {
          const name = stage.name.trim() || t('stages.unnamed');
          const fault = checked ? faultOf(stages, stage) : undefined;
          return (
            <li key={stage.key}>
              <span className="quiet small tabular" aria-hidden>
                {at + 1}
              </span>
              <div className="grow">
                <Input
                  aria-label={t('stages.name', { position: at + 1 })}
                  {...(fault ? { 'aria-invalid': true } : {})}
                  value={stage.name}
                  maxLength={LONGEST}
                  dir="auto"
                  onChange={({ target: { value } }) =>
                    onChange(stages.map((one) => (one === stage ? { ...one, name: value } : one)))
                  }
                />
                {fault && <p className="field-error">{t(`stages.${fault}`)}</p>}
              </div>
              <IconButton
                label={t('stages.up', { name })}
                data-what="up"
                disabled={at === 0}
                onClick={() => move(at, -1, 'up')}
              >
                <ArrowUp size={16} aria-hidden />
              </IconButton>
              <IconButton
                label={t('stages.down', { name })}
                data-what="down"
                disabled={at === stages.length - 1}
                onClick={() => move(at, 1, 'down')}
              >
                <ArrowDown size={16} aria-hidden />
              </IconButton>
              <IconButton
                label={t('stages.remove', { name })}
                data-what="remove"
                disabled={stages.length === 1}
                onClick={() => {
                  onChange(stages.filter((one) => one !== stage));
                  focus(Math.min(at, stages.length - 2), 'remove');
                }}
              >
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </li>
          );
        })}
      </ol>
      {stages.length < MOST[list] && (
        <Button
          small
          icon={<Plus size={16} aria-hidden />}
          onClick={() => {
            onChange([...stages, { key: `new ${++made}`, name: '' }]);
            focus(stages.length, 'name');
          }}
        >
          {t(`stages.add_${list}`)}
        </Button>
      )}
    </fieldset>
  );
}

// Applications are in what is to be removed: somebody says where they go.
function Replacing({
  job,
  inUse,
  lists,
  to,
  checked,
  onChange,
}: {
  job: Job;
  inUse: readonly InUse[];
  lists: Record<List, readonly Draft[]>;
  to: Record<string, string>;
  checked: boolean;
  onChange: (to: Record<string, string>) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="banner attention stages-in-use" role="alert">
      <div className="stack">
        <strong>{t('stages.inUse')}</strong>
        {inUse.map(({ id, name, applications }) => {
          const list = job.phases.some((one) => one.id === id) ? 'phases' : 'statuses';
          const stay = lists[list].filter((one) => one.id);
          return (
            <Field
              key={id}
              label={t('stages.move', {
                count: applications,
                shown: format.number(applications),
                name,
              })}
              error={checked && !to[id] ? t('field.required') : undefined}
            >
              <Select
                value={to[id] ?? ''}
                options={[
                  { value: '', label: t('stages.choose') },
                  ...stay.map((one) => ({ value: one.id!, label: one.name })),
                ]}
                onChange={({ target: { value } }) => onChange({ ...to, [id]: value })}
              />
            </Field>
          );
        })}
      </div>
    </section>
  );
}
