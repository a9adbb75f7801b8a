import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import {
  ArrowLeft,
  ArrowUp,
  Ellipsis,
  Merge,
  PanelRight,
  Pencil,
  SquarePen,
  Trash2,
} from 'lucide-react';
import { useCallback, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { client, toProblem, unwrap } from '../api/client';
import {
  type Candidate,
  candidateQuery,
  failed,
  type Holdings,
  holdingsQuery,
  keys,
  type ThreadRow,
} from '../api/queries';
import { useMayEdit, useMedia, useTitle, WIDE } from '../frame/hooks';
import { useShortcuts } from '../frame/shortcuts';
import { useFormat } from '../i18n/format';
import { useLiveThreads } from '../inbox/live';
import { focusedRow, usePutAwayRow } from '../inbox/put-away';
import { Row } from '../inbox/row';
import { PreviewPlace } from '../preview/place';
import { Button, IconButton } from '../ui/button';
import { Ask, Dialog } from '../ui/dialog';
import { Field, Input } from '../ui/field';
import { Menu, MenuItem } from '../ui/menu';
import { notify, notifyProblem } from '../ui/notice';
import { usePerson } from '../ui/person';
import { Failed, ProblemBanner, Skeleton } from '../ui/state';
import { VirtualList } from '../ui/virtual-list';
import { Addresses } from './addresses';
import { Applications } from './applications';
import { SeenBy } from './card';
import { CandidateFiles, useCandidateFiles } from './files';
import { type ProfileView, sameFilter } from './filter';
import { FollowCandidate } from './follow';
import { MergeDialog, Merged } from './merged';
import { NoConversation } from './none';
import { OldMail } from './old-mail';
import { Rest } from './rest';
import { useStanding } from './standing';
import { Timeline } from './timeline';
import '../inbox/inbox.css';
import './candidate.css';

export { addWords } from './words';

// As the server would say it, asked for the file.
const GONE = { type: 'about:blank', title: '', status: 404, code: 'file.missing' };

export function Profile() {
  const { candidateId } = useParams({ from: '/app/candidates/$candidateId' });
  return <ProfilePane key={candidateId} id={candidateId} />;
}

function ProfilePane({ id }: { id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayEdit = useMayEdit();
  const person = usePerson();
  const wide = useMedia(WIDE);
  const { compose, view, file } = useSearch({ from: '/app/candidates/$candidateId' });
  const candidate = useQuery(candidateQuery(id));
  const [card, setCard] = useState(false);
  const [news, setNews] = useState<HTMLElement | null>(null);
  const [erasing, setErasing] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [merging, setMerging] = useState(false);
  useStanding(id, candidate.data?.id);
  useTitle(failed(candidate) ? '' : candidate.data?.name);
  // To this one: a discarding may be taken back on another one's page.
  const write = (open: boolean) =>
    void navigate(
      open
        ? {
            to: '/candidates/$candidateId',
            params: { candidateId: id },
            search: (before) => ({ ...before, compose: true }),
          }
        : { to: '.', search: (before) => ({ ...before, compose: undefined }), replace: true },
    );
  useShortcuts({ c: () => write(true) });
  // Whoever comes for a file has it open once: who goes on isn't brought back to it.
  const onAsked = (isThere: boolean) => {
    if (!isThere) notifyProblem(toProblem(GONE, 404));
    void navigate({
      to: '.',
      search: ({ file: _, ...kept }) => kept,
      replace: true,
    });
  };

  const head = (inside: React.ReactNode) => (
    <header className="pane-head">
      <IconButton
        className="back"
        label={t('back')}
        onClick={() => void navigate({ to: '/candidates', search: sameFilter })}
      >
        <ArrowLeft size={20} aria-hidden />
      </IconButton>
      {inside}
    </header>
  );
  if (candidate.isPending) {
    return (
      <div className="pane">
        {head(null)}
        <Skeleton rows={6} />
      </div>
    );
  }
  if (failed(candidate)) {
    return (
      <div className="pane">
        {head(null)}
        <Failed error={candidate.error} onRetry={() => void candidate.refetch()} />
      </div>
    );
  }
  const { data } = candidate;
  const addresses = data.addresses.map((one) => one.address);
  const who = person(data.name, addresses).short;
  const about = wide ? (
    <aside className="card" aria-label={t('card.title')}>
      <About candidate={data} />
    </aside>
  ) : (
    <Dialog open={card} onClose={() => setCard(false)} title={t('card.title')} side="right">
      <About candidate={data} />
    </Dialog>
  );
  return (
    <PreviewPlace candidate={data.id} asked={file} onAsked={onAsked} card={about}>
      <div className="pane">
        {head(
          <>
            <h1 className="grow truncate" dir="auto" title={who}>
              {who}
            </h1>
            <span ref={setNews} />
            <span className="when-narrow">
              <IconButton label={t('candidate.write')} onClick={() => write(true)}>
                <SquarePen size={18} aria-hidden />
              </IconButton>
            </span>
            <span className="when-roomy">
              <Button small icon={<SquarePen size={16} aria-hidden />} onClick={() => write(true)}>
                {t('candidate.write')}
              </Button>
            </span>
            {!wide && (
              <IconButton label={t('card.show')} onClick={() => setCard(true)}>
                <PanelRight size={18} aria-hidden />
              </IconButton>
            )}
            {mayEdit && (
              <Menu
                align="end"
                trigger={
                  <Button look="ghost" className="icon" aria-label={t('candidate.more')}>
                    <Ellipsis size={18} aria-hidden />
                  </Button>
                }
              >
                <MenuItem
                  icon={<Pencil size={16} aria-hidden />}
                  onSelect={() => setRenaming(true)}
                >
                  {t('candidate.rename')}
                </MenuItem>
                <MenuItem icon={<Merge size={16} aria-hidden />} onSelect={() => setMerging(true)}>
                  {t('merging.start')}
                </MenuItem>
                <MenuItem
                  danger
                  icon={<Trash2 size={16} aria-hidden />}
                  onSelect={() => setErasing(true)}
                >
                  {t('candidate.delete')}
                </MenuItem>
              </Menu>
            )}
          </>,
        )}
        <OldMail candidate={data} bar />
        <Rest candidate={data} />
        <Views view={compose ? undefined : view} />
        {view && !compose ? (
          <Conversations candidate={data} news={news} onWrite={() => write(true)} />
        ) : (
          <Timeline candidate={data} composing={compose === true} onWrite={write} />
        )}
      </div>
      {merging && <MergeDialog candidate={data} onClose={() => setMerging(false)} />}
      {renaming && <Rename candidate={data} onClose={() => setRenaming(false)} />}
      <Erase candidate={data} open={erasing} onClose={() => setErasing(false)} />
    </PreviewPlace>
  );
}

function Conversations({
  candidate,
  news,
  onWrite,
}: {
  candidate: Candidate;
  news: HTMLElement | null; // where it says what has come: in sight however far the rows are scrolled
  onWrite: () => void;
}) {
  const { t } = useTranslation();
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const [atTop, setAtTop] = useState(true);
  const putAway = usePutAwayRow();
  const live = useLiveThreads({ place: 'all', candidate: candidate.id }, atTop);
  useShortcuts({
    e: () => {
      const focused = scroller?.contains(document.activeElement) && focusedRow(live.rows);
      if (focused) putAway(focused);
    },
  });
  const row = useCallback(
    (thread: ThreadRow, tabIndex: 0 | -1) => (
      <Row
        thread={thread}
        current={false}
        onProfile
        link={(props) => (
          <Link
            to="/candidates/$candidateId/threads/$threadId"
            params={{ candidateId: candidate.id, threadId: thread.id }}
            search={sameFilter}
            tabIndex={tabIndex}
            {...props}
          />
        )}
      />
    ),
    [candidate.id],
  );
  return (
    <div className="pane-body list-body" ref={setScroller}>
      {live.waiting > 0 &&
        news &&
        createPortal(
          <Button
            look="primary"
            small
            icon={<ArrowUp size={14} aria-hidden />}
            onClick={() => {
              live.show();
              scroller?.scrollTo({ top: 0 });
            }}
          >
            {t('list.new', { count: live.waiting })}
          </Button>,
          news,
        )}
      {live.list.isPending ? (
        <Skeleton rows={6} />
      ) : live.list.isError && live.rows.length === 0 ? (
        <Failed error={live.list.error} onRetry={() => void live.list.refetch()} />
      ) : live.rows.length === 0 ? (
        <NoConversation candidate={candidate} onWrite={onWrite} />
      ) : (
        <VirtualList
          label={t('candidate.conversations')}
          items={live.rows}
          onEnd={live.more}
          onTop={setAtTop}
          scroller={scroller}
        >
          {row}
        </VirtualList>
      )}
    </div>
  );
}

// How the profile is shown: each is an address.
function Views({ view }: { view: ProfileView | undefined }) {
  const { t } = useTranslation();
  const tab = (to: ProfileView | undefined, words: string) => (
    <Link
      to="."
      search={({ view: _, ...kept }) => sameFilter({ ...kept, ...(to ? { view: to } : {}) })}
      replace
      className="tab"
      aria-current={view === to ? 'page' : undefined}
    >
      {words}
    </Link>
  );
  return (
    <nav className="tabs" aria-label={t('timeline.views')}>
      {tab(undefined, t('timeline.title'))}
      {tab('conversations', t('candidate.conversations'))}
    </nav>
  );
}

function About({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { files, coming } = useCandidateFiles(candidate.id);
  if (coming) return <Skeleton rows={6} />;
  return (
    <>
      <FollowCandidate candidate={candidate} />
      <CandidateFiles key={candidate.id} candidate={candidate.id} files={files} heading="h2" />
      <section>
        <h2 className="label">{t('card.addresses')}</h2>
        <Addresses candidate={candidate} />
      </section>
      <section>
        <h2 className="label">{t('card.jobs')}</h2>
        <Applications candidate={candidate} />
      </section>
      <section>
        <h2 className="label">{t('seen.title')}</h2>
        <SeenBy people={candidate.seen_by} />
      </section>
      <p className="small quiet">
        {t('candidate.created', { date: format.day(candidate.created) })}
      </p>
      <Merged merges={candidate.merges} />
    </>
  );
}

function Rename({ candidate, onClose }: { candidate: Candidate; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(candidate.name);
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        client.PATCH('/candidates/{id}', {
          params: { path: { id: candidate.id } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: (changed) => {
      queries.setQueryData(keys.candidate(candidate.id), changed);
      void queries.invalidateQueries({ queryKey: keys.candidates });
      notify(t('saved'));
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('candidate.rename')}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && !save.isPending) save.mutate();
        }}
      >
        <Field label={t('field.name')} error={name.trim() ? undefined : t('field.required')}>
          <Input
            autoFocus
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        {save.isError && <ProblemBanner error={save.error} />}
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={save.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// Messages that lie with another candidate, too, stay there: they don't go.
export function whatGoes(t: TFunction, held: Holdings): string {
  const count = held.messages - held.shared;
  // All that was counted stays: how much else there is isn't known.
  const uncounted = held.more && count === 0;
  const goes = uncounted
    ? t('candidate.deleteUncounted')
    : t(held.more ? 'candidate.deleteMany' : 'candidate.deleteText', { count });
  const files = held.files > 0 && t('candidate.deleteFiles', { count: held.files });
  const shared = held.shared > 0 && t('candidate.deleteShared', { count: held.shared });
  return [goes, files, shared].filter(Boolean).join(' ');
}

// Deleting a person can't be undone: a sentence says what goes, with the numbers that are known.
export function Erase({
  candidate,
  open,
  onClose,
}: {
  candidate: Candidate;
  open: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const holdings = useQuery({ ...holdingsQuery(candidate.id), enabled: open });
  const erase = useMutation({
    mutationFn: () =>
      unwrap(client.DELETE('/candidates/{id}', { params: { path: { id: candidate.id } } })),
    onMutate: () => window.location.pathname,
    onSuccess: async (_, __, at) => {
      onClose();
      // Whoever has gone elsewhere meanwhile stays there.
      if (window.location.pathname === at)
        await navigate({ to: '/candidates', search: ({ view: _, ...kept }) => sameFilter(kept) });
      queries.removeQueries({ queryKey: keys.candidate(candidate.id) });
      queries.removeQueries({
        predicate: ({ queryKey, state }) =>
          queryKey[0] === 'thread' &&
          (state.data as { candidate?: string } | undefined)?.candidate === candidate.id,
      });
      void queries.invalidateQueries({ queryKey: keys.candidates });
      void queries.invalidateQueries({ queryKey: keys.threads });
      notify(t('candidate.deleted', { name: candidate.name }));
    },
    onError: notifyProblem,
  });
  // Nobody confirms what they weren't told.
  const counted = !holdings.isFetching && !holdings.isError && holdings.data;
  return (
    <Ask
      open={open}
      onClose={onClose}
      title={t('candidate.deleteTitle', { name: candidate.name })}
      text={
        counted
          ? whatGoes(t, counted)
          : holdings.isError && !holdings.isFetching
            ? t('candidate.deleteUnknown')
            : t('loading')
      }
      confirm={t('candidate.deleteConfirm')}
      danger
      busy={erase.isPending || holdings.isFetching}
      blocked={!counted}
      onConfirm={() => erase.mutate()}
    >
      {holdings.isError && (
        <ProblemBanner
          error={holdings.error}
          actions={
            <Button small busy={holdings.isFetching} onClick={() => void holdings.refetch()}>
              {t('tryAgain')}
            </Button>
          }
        />
      )}
    </Ask>
  );
}
