// What was found, as rows of one list: candidates, jobs and colleagues first, then a few files of profiles (W-9) and
// the conversations; or such files alone.
import { Link } from '@tanstack/react-router';
import { ArrowLeft, BriefcaseBusiness, Files, FileText, UsersRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';
import { type FoundPage, type FoundRow, MOST_SEARCHED } from '../api/queries';
import { useFormat } from '../i18n/format';
import { Row } from '../inbox/row';
import { usePerson } from '../ui/person';
import { Avatar, Tag } from '../ui/state';
import { Excerpt } from './excerpt';
import { partsOf, written } from './query';

type Found = Schemas['Found'];
type FoundFile = Schemas['FoundFile'];
export type Item = { id: string; first: boolean } & (
  | { kind: 'candidates'; of: Found['candidates'][number] }
  | { kind: 'more'; of: string } // candidates, all whose name has this in it
  | { kind: 'jobs'; of: Found['jobs'][number] }
  | { kind: 'people'; of: Found['people'][number] }
  | { kind: 'files'; of: FoundFile }
  | { kind: 'moreFiles' } // all of them
  | { kind: 'everything' } // all that is found, not these files alone
  | { kind: 'conversations'; of: FoundRow }
);

const MOST_CANDIDATES = 5; // that the server tells; there may be more

// What of a query names somebody.
const plain = (q: string) =>
  partsOf(q)
    .filter((part) => !part.operator && !part.without)
    .map((part) => part.words)
    .join(' ')
    .slice(0, MOST_SEARCHED)
    .trim();

export function itemsOf(pages: readonly FoundPage[]): Item[] {
  const top = pages[0];
  if (!top) return [];
  const named = plain(top.q);
  // A conversation stands once, though what came meanwhile moves it from one page to the next.
  const seen = new Set<string>();
  const rows = pages.flatMap((page) => page.rows).filter(({ id }) => !seen.has(id) && seen.add(id));
  const files = pages
    .flatMap((page) => page.files)
    .filter(({ file }) => !seen.has(file) && seen.add(file))
    .map((of, at) => ({ kind: 'files' as const, id: `file ${of.file}`, first: at === 0, of }));
  if (top.filesAlone)
    return files.length > 0
      ? [{ kind: 'everything', id: 'everything', first: false }, ...files]
      : [];
  return [
    ...top.candidates.map((of, at) => ({
      kind: 'candidates' as const,
      id: `candidate ${of.id}`,
      first: at === 0,
      of,
    })),
    ...(top.candidates.length >= MOST_CANDIDATES && named
      ? [{ kind: 'more' as const, id: 'more candidates', first: false, of: named }]
      : []),
    ...top.jobs.map((of, at) => ({
      kind: 'jobs' as const,
      id: `job ${of.id}`,
      first: at === 0,
      of,
    })),
    ...top.people.map((of, at) => ({
      kind: 'people' as const,
      id: `user ${of.id}`,
      first: at === 0,
      of,
    })),
    ...files,
    ...(top.moreFiles ? [{ kind: 'moreFiles' as const, id: 'more files', first: false }] : []),
    ...rows.map((of, at) => ({
      kind: 'conversations' as const,
      id: of.id,
      first: at === 0,
      of,
    })),
  ];
}

// As in search.css.
const HEADING = 32;
const HEIGHT = {
  candidates: 44,
  more: 44,
  jobs: 44,
  people: 44,
  files: 56,
  moreFiles: 44,
  everything: 44,
  conversations: 76,
};
export const sizeOf = ({ kind, first }: Item): number => HEIGHT[kind] + (first ? HEADING : 0);
export const opensHere = ({ kind }: Item): boolean => kind === 'conversations';

// What leads to more of something is never the first of it.
type Headed = Exclude<Item, { kind: 'more' | 'moreFiles' | 'everything' }>;
export const hasHeading = (item: Item): item is Headed =>
  item.kind !== 'more' && item.kind !== 'moreFiles' && item.kind !== 'everything';

export function ItemRow({
  item,
  q,
  current,
  tabIndex,
  onOpen,
}: {
  item: Item;
  q: string;
  current: string | undefined;
  tabIndex: 0 | -1;
  onOpen: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      {item.first && hasHeading(item) && (
        <h2 className="search-heading">{t(`find.group.${item.kind}`)}</h2>
      )}
      <ItemLink item={item} q={q} current={current} tabIndex={tabIndex} onOpen={onOpen} />
    </>
  );
}

function ItemLink({
  item,
  q,
  current,
  tabIndex,
  onOpen: onClick,
}: Parameters<typeof ItemRow>[0]): ReactNode {
  const { t } = useTranslation();
  const person = usePerson();
  const one = { className: 'thread-row search-row', tabIndex, onClick };
  switch (item.kind) {
    case 'candidates':
      return (
        <Link to="/candidates/$candidateId" params={{ candidateId: item.of.id }} {...one}>
          <Avatar name={person(item.of.name, []).first} small />
          <bdi className="truncate search-name">{person(item.of.name, []).first}</bdi>
          <span className="truncate grow quiet">{item.of.jobs.join(', ')}</span>
        </Link>
      );
    case 'more':
      return (
        <Link to="/candidates" search={{ q: item.of }} {...one}>
          <span className="search-icon">
            <UsersRound size={16} aria-hidden />
          </span>
          <span className="truncate grow">{t('find.allCandidates', { text: item.of })}</span>
        </Link>
      );
    case 'jobs':
      return (
        <Link to="/candidates" search={{ job: item.of.id }} {...one}>
          <span className="search-icon">
            <BriefcaseBusiness size={16} aria-hidden />
          </span>
          <span className="truncate search-name">{item.of.title}</span>
          <span className="grow" />
          {!item.of.open && <Tag>{t('jobs.closed')}</Tag>}
        </Link>
      );
    case 'people':
      return (
        <Link to="/search" search={{ q: written('from', item.of.name) }} {...one}>
          <Avatar name={item.of.name} small />
          <bdi className="truncate search-name">{item.of.name}</bdi>
          <span className="truncate grow quiet">{t('find.mailFrom')}</span>
        </Link>
      );
    case 'files':
      return (
        <Link
          to="/candidates/$candidateId"
          params={{ candidateId: item.of.candidate.id }}
          search={{ file: item.of.file }}
          {...one}
          className="thread-row search-row search-file"
        >
          <FileLines of={item.of} />
        </Link>
      );
    case 'moreFiles':
      return (
        <Link to="/search" search={{ q, files: true }} {...one}>
          <span className="search-icon">
            <Files size={16} aria-hidden />
          </span>
          <span className="truncate grow">{t('find.allFiles', { text: q })}</span>
        </Link>
      );
    case 'everything':
      return (
        <Link to="/search" search={{ q }} {...one}>
          <span className="search-icon">
            <ArrowLeft size={16} aria-hidden />
          </span>
          <span className="truncate grow">{t('find.everything', { text: q })}</span>
        </Link>
      );
    case 'conversations':
      return (
        <Row
          thread={item.of}
          match={item.of.match}
          current={item.id === current}
          link={(props) => (
            <Link
              to="/search/$threadId"
              params={{ threadId: item.id }}
              search={{ q, message: item.of.match.message }}
              tabIndex={tabIndex}
              onClick={onClick}
              {...props}
            />
          )}
        />
      );
  }
}

const BEHIND_NAME = 12; // characters before what was found, behind whose it is

// Its name, with what was found in it; whose it is; what of it was found, or who put it there.
function FileLines({ of }: { of: FoundFile }) {
  const { t } = useTranslation();
  const format = useFormat();
  const person = usePerson();
  const named = of.where === 'files' && of.excerpt.length > 0;
  return (
    <>
      <span className="search-icon">
        <FileText size={16} aria-hidden />
      </span>
      <span className="search-lines">
        <span className="thread-line">
          <bdi className="truncate grow" title={of.filename || undefined}>
            {named ? <Excerpt pieces={of.excerpt} /> : of.filename || t('attachment.unnamed')}
          </bdi>
          <time className="quiet tabular" dateTime={of.at} title={format.full(of.at)}>
            {format.day(of.at)}
          </time>
        </span>
        <span className="thread-line third">
          <span className="truncate thread-file">
            <bdi>{person(of.candidate.name, []).first}</bdi>
            {' · '}
          </span>
          <span className="truncate grow" dir="auto">
            <bdi>
              {of.where === 'contents' ? (
                <Excerpt pieces={of.excerpt} before={BEHIND_NAME} />
              ) : (
                t('find.fileBy', { name: of.added_by })
              )}
            </bdi>
          </span>
        </span>
      </span>
    </>
  );
}
