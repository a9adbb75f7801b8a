// Everything in one box (M-6): what is typed is looked for as one types, and stands in the address.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { Search as SearchIcon } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { toProblem } from '../api/client';
import { type FoundRow, keys, searchQuery } from '../api/queries';
import { takeEarly } from '../composer/early';
import { useDebounced, useMe, useTitle } from '../frame/hooks';
import { useShortcuts } from '../frame/shortcuts';
import { useCodeAhead } from '../inbox/ahead';
import { ListBeside, useRowKeys } from '../inbox/list-beside';
import { BesideList } from '../inbox/put-away';
import { isComposed } from '../ui/composed';
import { Banner, Empty, Failed, Skeleton } from '../ui/state';
import { VirtualList } from '../ui/virtual-list';
import { useAnswered, useAsking, useLasting } from './asking';
import { Box } from './box';
import { Filters } from './filters';
import { hasHeading, type Item, ItemRow, itemsOf, opensHere, sizeOf } from './items';
import { Nothing } from './nothing';
import { recentOf, remember } from './recent';
import { Tips } from './tips';
import { listenForBox, takeAsked, wayOut } from './way';
import '../inbox/inbox.css';
import './search.css';

export { addWords } from './words';

const DIMMED_AFTER = 150; // milliseconds: what was found for other words
const RESTS = 400; // milliseconds after the last letter

// What was asked for that the address hasn't come to say yet, once it says `q`; undefined: that is somebody
// else's word (a link, the way back). It says one after the other, while more is being typed.
export function stillAsked(asked: readonly string[], q: string): string[] | undefined {
  if (asked.at(-1) === q) return [q];
  const at = asked.indexOf(q);
  return at < 0 ? undefined : asked.slice(at);
}

// What is typed, and what the address says: each follows the other.
function useText() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { q = '' } = useSearch({ strict: false });
  const [text, setText] = useState(q);
  const asked = useRef([q]);
  const asking = useAsking(q, (words) => {
    // Nobody waits for the answer to others any more.
    for (const one of asked.current)
      void queries.cancelQueries({ queryKey: keys.search(one), exact: true });
    asked.current.push(words);
    void navigate({ to: '/search', search: words ? { q: words } : {}, replace: true });
  });
  useEffect(() => {
    const left = stillAsked(asked.current, q);
    asked.current = left ?? [q];
    if (left) return;
    asking.told(q);
    setText(q);
  }, [q, asking]);
  const type = useCallback(
    (next: string, composed: boolean) => {
      setText(next);
      asking.want(next.trim(), composed);
    },
    [asking],
  );
  const askNow = useCallback(
    (next: string) => {
      setText(next);
      asking.askNow(next.trim());
    },
    [asking],
  );
  return { q, text, type, askNow, asking };
}

function useFoundPages(q: string) {
  const { files: filesAlone = false } = useSearch({ strict: false });
  const list = useInfiniteQuery({ ...searchQuery(q, filesAlone), enabled: q !== '' });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const first = q ? data?.pages[0] : undefined;
  const items = useMemo(() => itemsOf(q ? (data?.pages ?? []) : []), [q, data]);
  // Another one for each page: one that brought no row is asked on from, too.
  const pages = data?.pages.length ?? 0;
  const more = useCallback(() => {
    if (pages > 0 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [pages, hasNextPage, isFetchingNextPage, fetchNextPage]);
  // What one question looks at is bounded: a page may hold nothing, and the next one something.
  const on = items.length === 0 && hasNextPage && !list.isError && !list.isPlaceholderData;
  useEffect(() => {
    if (on) more();
  }, [on, more]);
  // Nobody is asked while there is no network: it goes on by itself.
  const away = list.fetchStatus === 'paused' && (list.isPending || list.isPlaceholderData);
  const cutOff = list.isError && (!first || (items.length === 0 && hasNextPage));
  const settled = first?.q === q && !list.isPlaceholderData && !on && !cutOff;
  // Until then what was found last stands there.
  const last = useRef({ first, items });
  if (!on) last.current = { first, items };
  const again = () => void (first ? fetchNextPage() : list.refetch());
  return { list, ...last.current, more, away, settled, cutOff, again };
}

export function SearchPlace() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { threadId } = useParams({ strict: false });
  const { q } = useSearch({ strict: false });
  const title = q ? t('find.titleOf', { query: q }) : t('search');
  useTitle(threadId ? undefined : title);
  const rows = useRef<readonly FoundRow[]>([]);
  const open = useCallback(
    (id: string | undefined) => {
      const message = rows.current.find((row) => row.id === id)?.match.message;
      const search = q ? { q } : {};
      return id
        ? navigate({
            to: '/search/$threadId',
            params: { threadId: id },
            search: message ? { ...search, message } : search,
          })
        : navigate({ to: '/search', search });
    },
    [q, navigate],
  );
  return (
    <ListBeside
      keep
      rows={rows}
      open={open}
      current={threadId}
      list={<Finding current={threadId} shown={rows} />}
      nothing={
        <Empty
          icon={<SearchIcon size={24} aria-hidden />}
          title={t('find.reading')}
          text={t('find.readingText')}
        />
      }
    />
  );
}

function useLeave() {
  const router = useRouter();
  return () => {
    const way = wayOut(window.history.state?.__TSR_index ?? 0);
    if ('steps' in way) router.history.go(way.steps);
    else router.history.push(way.href);
  };
}

function Finding({
  current,
  shown,
}: {
  current: string | undefined;
  shown: { current: readonly FoundRow[] };
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { q, text, type, askNow, asking } = useText();
  const { list, first, items, more, away, settled, cutOff, again } = useFoundPages(q);
  const waits = q !== '' && !settled && !list.isError && !away;
  useAnswered(asking, q, waits);
  const dimmed = useLasting(waits, DIMMED_AFTER);
  // What isn't understood may be half a word: it is said once nothing more is typed.
  const rests = useDebounced(text, RESTS) === text;
  const told = useRef(first);
  if (settled && (rests || first?.query.problems.length === 0)) told.current = first;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const [entered, setEntered] = useState(false); // Enter was pressed: what is found has the focus next
  const rows = useMemo(
    () => items.flatMap((item) => (item.kind === 'conversations' ? [item.of] : [])),
    [items],
  );
  shown.current = rows;
  const leave = useLeave();
  const beside = useContext(BesideList);

  // What was typed before the box was there stands in it; whoever comes back goes on where they were.
  const begin = useRef(() => {});
  begin.current = () => {
    const early = takeEarly();
    if (early) askNow(early.replaceAll('\n', ' '));
    if (early.endsWith('\n')) setEntered(true);
    if (!current && (takeAsked() || !q || early)) box.current?.focus();
  };
  useLayoutEffect(() => begin.current(), []);

  const toBox = useToBox(box, q);
  useShortcuts({ '/': toBox });
  useShortcuts({ Escape: leave }, !current);
  useRowKeys(rows, !current);
  useCodeAhead(rows.length > 0);

  const toFirst = () => {
    const row = (which: string) => scroller?.querySelector<HTMLElement>(which);
    (row('[data-row="0"] a') ?? row('[data-row] a[tabindex="0"]'))?.focus();
  };
  const enter = useRef(toFirst);
  enter.current = toFirst;
  const same = text.trim() === q;
  useEffect(() => {
    if (!entered || !same || !settled) return;
    setEntered(false);
    enter.current();
  }, [entered, same, settled]);

  // At once, or when the answer to what is typed is there.
  const toFound = () => {
    askNow(text);
    setEntered(true);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its top
  useLayoutEffect(() => {
    if (scroller) scroller.scrollTop = 0;
  }, [first?.q, first?.filesAlone]);

  const user = me?.user.id ?? '';
  const onOpen = useCallback(() => remember(user, q), [user, q]);
  const label = t('find.results');
  return (
    <section
      className="split-list"
      aria-label={t('search')}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || event.defaultPrevented || isComposed(event.nativeEvent))
          return;
        event.preventDefault();
        // One step at a time: back to what was found, then out of the search.
        if (current) void beside?.open(undefined);
        else leave();
      }}
    >
      <header className="pane-head search-head">
        <h1 className="sr">{q ? t('find.titleOf', { query: q }) : t('search')}</h1>
        <Box
          box={box}
          text={text}
          busy={dimmed}
          onText={(next, composed) => {
            setEntered(false);
            type(next, composed);
          }}
          onEnter={() => {
            remember(user, text);
            toFound();
          }}
          onDown={toFound}
        />
      </header>
      <Filters text={text} onText={askNow} />
      <div
        className={`pane-body list-body${dimmed ? ' search-before' : ''}`}
        ref={setScroller}
        aria-busy={waits}
      >
        <span className="sr" role="status">
          {settled && <Count items={items} more={list.hasNextPage} />}
        </span>
        {q && <Problems of={told.current} />}
        {!q ? (
          <Tips recent={recentOf(user)} onAsk={askNow} />
        ) : away ? (
          <Failed error={toProblem(undefined, 0)} />
        ) : cutOff ? (
          <Failed error={list.error} onRetry={again} />
        ) : !first ? (
          <Skeleton rows={8} />
        ) : items.length === 0 ? (
          <Nothing q={first?.q ?? q} onAsk={askNow} />
        ) : (
          <VirtualList
            key={`${first?.filesAlone} ${first?.q}`}
            label={label}
            items={items}
            current={current}
            onEnd={more}
            scroller={scroller}
            size={sizeOf}
            opens={opensHere}
          >
            {(item: Item, tabIndex) => (
              <ItemRow
                item={item}
                q={first?.q ?? q}
                current={current}
                tabIndex={tabIndex}
                onOpen={onOpen}
              />
            )}
          </VirtualList>
        )}
      </div>
    </section>
  );
}

function useToBox(box: { current: HTMLInputElement | null }, q: string) {
  const navigate = useNavigate();
  const toBox = () => {
    if (box.current?.offsetParent) {
      box.current.focus();
      box.current.select();
      return;
    }
    // A conversation covers it, on a narrow screen.
    void navigate({ to: '/search', search: q ? { q } : {} }).then(() => box.current?.focus());
  };
  const latest = useRef(toBox);
  latest.current = toBox;
  useEffect(() => listenForBox(() => latest.current()), []);
  return toBox;
}

function Count({ items, more }: { items: readonly Item[]; more: boolean }) {
  const { t } = useTranslation();
  const count = items.filter(hasHeading).length;
  return t(more ? 'find.countMore' : 'find.count', { count });
}

// What of the query wasn't understood; and that not everything can be found yet.
function Problems({ of }: { of: ReturnType<typeof useFoundPages>['first'] }) {
  const { t } = useTranslation();
  if (!of || (of.query.problems.length === 0 && of.complete)) return null;
  return (
    <div className="list-banner stack">
      {of.query.problems.map(({ code, part }) => (
        <Banner
          key={`${code} ${part}`}
          tone={code === 'search.other-forms' ? 'neutral' : 'attention'}
          role="status"
          title={t(`find.problem.${code}.title`, { part })}
        >
          {t(`find.problem.${code}.detail`, { part })}
        </Banner>
      ))}
      {!of.complete && <Banner role="status">{t('find.incomplete')}</Banner>}
    </div>
  );
}
