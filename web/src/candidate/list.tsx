import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { FileUp, Search, Settings2, UserPlus, UsersRound } from 'lucide-react';
import { type ComponentProps, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import {
  type Candidate,
  candidateListQuery,
  candidateQuery,
  jobPageQuery,
  MOST_SEARCHED,
} from '../api/queries';
import { useDebounced, useMayEdit, useTitle } from '../frame/hooks';
import { ListEdge } from '../frame/panes';
import { useShortcuts } from '../frame/shortcuts';
import { useFormat } from '../i18n/format';
import { JobChoice } from '../jobs/choice';
import { useAdding } from '../ui/adding';
import { Button, IconButton } from '../ui/button';
import { part } from '../ui/part';
import { usePerson } from '../ui/person';
import { Avatar, Empty, Failed, Skeleton } from '../ui/state';
import { Tip } from '../ui/tip';
import { VirtualList } from '../ui/virtual-list';
import { AddCandidate } from './add';
import { sameFilter } from './filter';
import '../inbox/inbox.css';
import './candidate.css';

const OfStage = part<ComponentProps<typeof import('./of-stage').OfStage>, 'OfStage'>(
  async () => {
    const module = await import('./of-stage');
    await module.addWords();
    return module;
  },
  'OfStage',
  { waiting: <div className="of-stage" /> },
);

export function CandidateList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const setAdding = useAdding();
  const search = useSearch({ from: '/app/candidates' });
  const { candidateId } = useParams({ strict: false });
  const [text, setText] = useState(search.q ?? '');
  const asked = useDebounced(text.trim(), 150);
  const { q, job, phase, status } = search;
  const filter = useMemo(
    () => sameFilter({ q, job, phase, status } as Parameters<typeof sameFilter>[0]),
    [q, job, phase, status],
  );
  const list = useInfiniteQuery(candidateListQuery(filter));
  const jobs = useQuery(jobPageQuery({}));
  const mayEdit = useMayEdit();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const loaded = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const open = useQuery({
    ...candidateQuery(candidateId ?? ''),
    enabled: candidateId !== undefined,
  });
  const rows = useMemo(
    () => (q || job || !list.hasNextPage ? loaded : withOpen(loaded, candidateId, open.data)),
    [q, job, list.hasNextPage, loaded, candidateId, open.data],
  );
  const title = t('place.candidates');
  useTitle(candidateId ? undefined : title);
  useShortcuts({ '/': () => box.current?.focus() });

  // Whoever goes to a person or to all of them by another way has left what they looked for: it isn't asked again.
  const said = useRef(q ?? '');
  const own = useRef(new Set<string>()); // what was typed, on its way into the address
  useEffect(() => {
    const now = q ?? '';
    if (own.current.delete(now) || now === said.current) return;
    said.current = now;
    setText(now);
  }, [q]);
  useEffect(() => {
    if (asked !== text.trim() || asked === said.current) return;
    said.current = asked;
    own.current.add(asked);
    void navigate({
      to: '.',
      search: (before) => ({ ...before, q: asked || undefined }),
      replace: true,
    });
  }, [asked, text, navigate]);

  return (
    <main className={`split${candidateId ? ' open' : ''}`} id="main" tabIndex={-1}>
      <section className="split-list" aria-label={title}>
        <header className="pane-head">
          <h1 className="grow truncate">{title}</h1>
          {mayEdit && job && (
            <Tip text={t('jobs.settings')}>
              <Link
                to="/jobs/$jobId"
                params={{ jobId: job }}
                className="button icon ghost"
                aria-label={t('jobs.settings')}
              >
                <Settings2 size={18} aria-hidden />
              </Link>
            </Tip>
          )}
          {mayEdit && (
            <Tip text={t('settings.import')}>
              <Link
                to="/settings/import"
                className="button icon ghost"
                aria-label={t('settings.import')}
              >
                <FileUp size={18} aria-hidden />
              </Link>
            </Tip>
          )}
          {mayEdit && (
            <IconButton label={t('candidate.add')} onClick={() => setAdding(true)}>
              <UserPlus size={18} aria-hidden />
            </IconButton>
          )}
        </header>
        <search className="filters">
          <div className="filter-box">
            <Search size={16} aria-hidden />
            <input
              ref={box}
              type="search"
              className="input"
              aria-label={t('candidate.search')}
              placeholder={t('candidate.search')}
              maxLength={MOST_SEARCHED}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                // Out of the box: what was found, or the page and its keys.
                const rowLink = (which: string) => scroller?.querySelector<HTMLElement>(which);
                const first =
                  (event.key === 'Enter' || event.key === 'ArrowDown') &&
                  (rowLink('[data-row="0"] a') ?? rowLink('[data-row] a[tabindex="0"]'));
                if (first) event.preventDefault();
                if (first) first.focus();
                else if (event.key === 'Escape') document.getElementById('main')?.focus();
              }}
            />
          </div>
          {jobs.data?.rows.length !== 0 &&
            !jobs.isError && ( // in front of them: it would push the list down
              <JobChoice
                aria-label={t('candidate.byJob')}
                value={search.job ?? ''}
                none={t('candidate.allJobs')}
                onChange={(job) =>
                  void navigate({
                    to: '.',
                    // What it is narrowed to within the job doesn't go to another one.
                    search: ({ phase: _, status: __, ...before }) => ({
                      ...before,
                      job: job || undefined,
                    }),
                  })
                }
              />
            )}
          {job && (
            <OfStage
              job={job}
              phase={phase}
              status={status}
              onChange={(to) =>
                void navigate({ to: '.', search: (before) => ({ ...before, ...to }) })
              }
            />
          )}
        </search>
        <div className="pane-body list-body" ref={setScroller}>
          {list.isPending ? (
            <Skeleton rows={10} />
          ) : list.isError && rows.length === 0 ? (
            <Failed error={list.error} onRetry={() => void list.refetch()} />
          ) : rows.length === 0 ? (
            search.q || search.job ? (
              <Empty title={t('candidate.noneFound')} text={t('candidate.noneFoundText')}>
                <Button
                  onClick={() => {
                    setText('');
                    void navigate({ to: '.', search: {} });
                  }}
                >
                  {t('candidate.showAll')}
                </Button>
                {search.q && (
                  <Button asChild>
                    <Link to="/search" search={{ q: search.q }}>
                      {t('palette.search', { text: search.q })}
                    </Link>
                  </Button>
                )}
              </Empty>
            ) : (
              <Empty
                alone
                icon={<UsersRound size={24} aria-hidden />}
                title={t('candidate.none')}
                text={t(mayEdit ? 'candidate.noneText' : 'candidate.noneForMe')}
              >
                {mayEdit && (
                  <Button look="primary" onClick={() => setAdding(true)}>
                    {t('candidate.add')}
                  </Button>
                )}
              </Empty>
            )
          ) : (
            <VirtualList
              label={title}
              items={rows}
              current={candidateId}
              steady
              onEnd={() => {
                if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
              }}
              scroller={scroller}
            >
              {(row, tabIndex) => (
                <Link
                  to="/candidates/$candidateId"
                  tabIndex={tabIndex}
                  params={{ candidateId: row.id }}
                  search={sameFilter}
                  className="thread-row candidate-row"
                  aria-current={row.id === candidateId ? 'true' : undefined}
                >
                  <CandidateRow row={row} />
                </Link>
              )}
            </VirtualList>
          )}
        </div>
      </section>
      <ListEdge />
      <div className="split-main">
        {candidateId ? (
          <Outlet />
        ) : (
          <div className="pane">
            <Empty
              icon={<UsersRound size={24} aria-hidden />}
              title={t('candidate.reading')}
              text={t('candidate.readingText')}
            />
          </div>
        )}
      </div>
      {search.add && mayEdit && <AddCandidate job={search.job} onClose={() => setAdding(false)} />}
    </main>
  );
}

// Whoever is open, and whose row is still far down, stands above all others until it comes.
function withOpen(
  rows: readonly Schemas['CandidateRow'][],
  id: string | undefined,
  open: Candidate | undefined,
): readonly Schemas['CandidateRow'][] {
  if (!open || open.id !== id || rows.some((row) => row.id === id)) return rows;
  const { external_id, name, applications } = open;
  const addresses = open.addresses.map((one) => one.address);
  return [{ id, external_id, name, addresses, applications, last_at: null }, ...rows];
}

function CandidateRow({ row }: { row: Schemas['CandidateRow'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { first, second, named } = usePerson()(row.name, row.addresses);
  const jobs = row.applications.map((one) => `${one.job_title}: ${one.phase.name}`).join(', ');
  return (
    <>
      <Avatar name={first} />
      <span className="grow candidate-words">
        <span className="thread-line">
          <span className="truncate grow candidate-name" dir="auto">
            {first}
          </span>
          {row.last_at && (
            <time className="thread-time tabular" dateTime={row.last_at}>
              <span className="sr">{t('candidate.lastMail')} </span>
              {format.listTime(row.last_at)}
            </time>
          )}
        </span>
        <span className="thread-line second">
          <span className="truncate">
            {(named ? jobs || second : [second, jobs].filter(Boolean).join(' · ')) ||
              t('candidate.noAddress')}
          </span>
        </span>
      </span>
    </>
  );
}
