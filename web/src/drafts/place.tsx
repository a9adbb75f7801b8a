// What I began to write and left, in this browser: each opens where it was.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FilePen, Trash2 } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { candidateQuery, fetchTurn } from '../api/queries';
import {
  discardUnfinished,
  firstWords,
  type Unfinished,
  useUnfinished,
} from '../composer/unfinished';
import { useMe, useTitle } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { IconButton } from '../ui/button';
import { useRowWalk } from '../ui/row-walk';
import { Empty } from '../ui/state';
import './drafts.css';

export { addWords } from './words';

export function Drafts() {
  const { t } = useTranslation();
  const me = useMe();
  const rows = useUnfinished(me?.user.id);
  const list = useRef<HTMLDivElement>(null);
  const walk = useRowWalk(() => {});
  useTitle(t('place.drafts'));
  if (!me) return null;
  // Whoever discards one goes on at the next.
  const discard = (row: Unfinished, index: number) => {
    discardUnfinished(me.user.id, row.about, t);
    requestAnimationFrame(() => {
      const left = list.current?.querySelectorAll<HTMLElement>('.draft-discard') ?? [];
      (left[Math.min(index, left.length - 1)] ?? document.getElementById('main'))?.focus();
    });
  };
  return (
    <main className="page-main" id="main" tabIndex={-1}>
      <div className="page-inner" ref={list}>
        <header className="page-head">
          <h1>{t('place.drafts')}</h1>
        </header>
        {rows.length === 0 ? (
          <Empty
            icon={<FilePen size={24} aria-hidden />}
            title={t('drafts.none')}
            text={t('drafts.noneText')}
          />
        ) : (
          <>
            <p className="quiet drafts-text">{t('drafts.text')}</p>
            <ul className="drafts" aria-label={t('place.drafts')} {...walk}>
              {rows.map((row, index) => (
                <li key={row.about} className="draft" data-id={row.about}>
                  <Row
                    row={row}
                    signature={me.user.signature_html ?? ''}
                    onDiscard={() => discard(row, index)}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </main>
  );
}

const parted = (about: string) => {
  const at = about.indexOf(':');
  return [about.slice(0, at), about.slice(at + 1)] as const;
};
const isMissing = ({ error }: { error: unknown }) =>
  error instanceof ProblemError && error.status === 404;

// Whom it is to by now; `gone`: it can't be written on anywhere.
function useOf(about: string) {
  const [kind, id] = parted(about);
  const thread = useQuery({
    queryKey: ['draft', id],
    queryFn: () => fetchTurn(id),
    enabled: kind === 'thread',
  });
  const candidate = useQuery({ ...candidateQuery(id), enabled: kind === 'candidate' });
  const name =
    kind === 'address'
      ? id
      : kind === 'thread'
        ? thread.data?.candidate_name
        : candidate.data?.name;
  return { name, thread: thread.data, gone: isMissing(thread) || isMissing(candidate) };
}

function Open({
  about,
  thread,
  children,
}: {
  about: string;
  thread: ReturnType<typeof useOf>['thread'];
  children: ReactNode;
}) {
  const [kind, id] = parted(about);
  const link = { className: 'draft-link', children };
  if (kind === 'address')
    return <Link to="/non-candidates/new" search={id ? { to: id } : {}} {...link} />;
  if (kind === 'candidate') {
    const search = { compose: true };
    return (
      <Link to="/candidates/$candidateId" params={{ candidateId: id }} search={search} {...link} />
    );
  }
  const params = { threadId: id };
  // Until it is known with whom, it opens among all of them.
  if (!thread) return <Link to="/all/$threadId" params={params} {...link} />;
  if (thread.non_candidate)
    return <Link to="/non-candidates/$threadId" params={params} {...link} />;
  return (
    <Link
      to="/candidates/$candidateId/threads/$threadId"
      params={{ ...params, candidateId: thread.candidate }}
      {...link}
    />
  );
}

function Row({
  row: { about, draft, at },
  signature,
  onDiscard,
}: {
  row: Unfinished;
  signature: string;
  onDiscard: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name: known, thread, gone } = useOf(about);
  const [first] = draft.to;
  const to = first?.name || first?.address;
  // Whom one writes to that is no candidate may be another one by now than where it was begun.
  const name = (parted(about)[0] === 'address' ? to || known : known || to) || t('drafts.toNobody');
  const when = at === undefined ? undefined : new Date(at).toISOString();
  const told = (
    <>
      <span className="thread-line">
        <strong className="truncate" dir="auto">
          {name}
        </strong>
        {about.startsWith('thread:') && <span className="quiet small">{t('drafts.answer')}</span>}
        <span className="grow" />
        {when && (
          <time className="thread-time tabular" dateTime={when} title={format.full(when)}>
            {format.listTime(when)}
          </time>
        )}
      </span>
      <span className="truncate" dir="auto">
        <bdi>{draft.subject || t('drafts.noSubject')}</bdi>
        <span className="quiet">
          {' – '}
          <bdi>{firstWords(draft, signature) || t('compose.nothingYet')}</bdi>
        </span>
      </span>
      {gone && <span className="small quiet">{t('drafts.gone')}</span>}
    </>
  );
  return (
    <>
      {gone ? (
        <div className="draft-link">{told}</div>
      ) : (
        <Open about={about} thread={thread}>
          {told}
        </Open>
      )}
      <IconButton
        className="draft-discard"
        label={t('drafts.discardOf', { name })}
        onClick={onDiscard}
      >
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </>
  );
}
