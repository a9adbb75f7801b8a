// Query keys and reads, in one place, so that live events know exactly what they touch.
import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  type QueryObserverLoadingErrorResult,
  queryOptions,
  type UseQueryResult,
} from '@tanstack/react-query';
import { client, isAway, ProblemError, type Schemas, unwrap } from './client';
import { ask, upToDate } from './said';

export const PLACES = [
  'inbox',
  'sent',
  'all',
  'followed-candidates',
  'followed-jobs',
  'non-candidates',
  'archived',
] as const;
export type Place = (typeof PLACES)[number];
export type Turn = Schemas['Triage'];
export type ThreadFilter = {
  place: Place;
  candidate?: string;
  triage?: Turn;
  unread?: true;
  to_answer?: true;
  job?: string;
  person?: string; // an address
  order?: 'longest';
};
// By what changes while it lies there.
export const isNarrowed = ({ unread, to_answer, job, person }: ThreadFilter): boolean =>
  Boolean(unread || to_answer || job || person);
// Where a row stands: what has more stands above. The newest, or who has waited longest.
export const standing =
  ({ order }: Pick<ThreadFilter, 'order'>) =>
  ({ last_at, since }: Pick<ThreadRow, 'last_at' | 'since'>): number =>
    order ? -Date.parse(since ?? NEVER) : Date.parse(last_at);
const NEVER = '9999-12-31T23:59:59Z';
// What the list keeps showing of it, once it has changed.
export const passes = (
  { triage, unread, to_answer }: Omit<ThreadFilter, 'place'>,
  row: Pick<ThreadRow, 'triage' | 'unread' | 'waits'>,
): boolean =>
  (!triage || row.triage === triage) && (!unread || row.unread) && (!to_answer || row.waits);
type CandidateFilter = { q?: string; job?: string; phase?: string; status?: string };
export type JobFilter = { q?: string; open?: boolean };
type UserFilter = { q?: string; active?: boolean };

export const keys = {
  me: ['me'] as const,
  setup: ['setup'] as const,
  users: ['users'] as const,
  jobs: ['jobs'] as const,
  tokens: ['tokens'] as const,
  sessions: ['sessions'] as const,
  invitations: ['invitations'] as const,
  claims: ['claims'] as const,
  candidates: ['candidates'] as const,
  candidateList: (filter: CandidateFilter) => ['candidates', filter] as const,
  stageCounts: ['stage-counts'] as const,
  stageCountsOf: (job: string) => ['stage-counts', job] as const,
  candidate: (id: string) => ['candidate', id] as const,
  holdings: (id: string) => ['candidate', id, 'holdings'] as const,
  files: (id: string) => ['candidate', id, 'files'] as const,
  timeline: (id: string) => ['candidate', id, 'timeline'] as const,
  oldMail: (id: string) => ['candidate', id, 'old-mail'] as const,
  holders: (address: string) => ['candidates', 'holders', address] as const,
  offeredServers: (domain: string) => ['offered-servers', domain] as const,
  threads: ['threads'] as const,
  threadList: (filter: ThreadFilter) => ['threads', 'list', filter] as const,
  threadHead: (filter: ThreadFilter) => ['threads', 'head', filter] as const,
  thread: (id: string) => ['thread', id] as const,
  // Its rows change with those of the lists (rows.ts).
  search: (q: string, filesAlone?: boolean) =>
    ['threads', 'search', filesAlone ? { q, files: true } : { q }] as const,
  searches: ['threads', 'search'] as const,
  counts: ['counts'] as const,
  unreadCounts: ['unread-counts'] as const,
  body: (message: string) => ['body', message] as const,
  pictures: (message: string) => ['pictures', message] as const,
  outbox: ['outbox'] as const,
  mailboxes: ['mailboxes'] as const,
  mailbox: (id: string) => ['mailbox', id] as const,
  folders: (id: string) => ['mailbox', id, 'folders'] as const,
  past: (id: string) => ['mailbox', id, 'past'] as const,
  neverSynced: (id: string) => ['mailbox', id, 'never-synced'] as const,
  ledger: (id: string) => ['mailbox', id, 'ledger'] as const,
  quarantine: (id: string) => ['mailbox', id, 'quarantine'] as const,
};

export const MOST_SEARCHED = 200; // characters; the server refuses more
const PAGE = 50;
const MOST_ROWS = 200; // of one page
// One page at a time; a list loads on.
const PAGED = {
  initialPageParam: '',
  getNextPageParam: (last: { next: string | null }) => last.next ?? undefined,
};
const pageAt = (cursor: string) => ({ ...(cursor ? { cursor } : {}), limit: PAGE });

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => unwrap(client.GET('/me', { signal })),
  staleTime: 5 * 60_000,
});
export const setupQuery = queryOptions({
  queryKey: keys.setup,
  queryFn: ({ signal }) => unwrap(client.GET('/setup', { signal })),
});
const fetchUsers = (filter: UserFilter, cursor: string, signal: AbortSignal) =>
  unwrap(
    client.GET('/users', {
      signal,
      params: { query: { ...filter, ...pageAt(cursor) } },
    }),
  );
export const userListQuery = infiniteQueryOptions({
  queryKey: [...keys.users, 'list'] as const,
  queryFn: ({ pageParam, signal }) => fetchUsers({}, pageParam, signal),
  ...PAGED,
});
export const userPageQuery = (filter: UserFilter) =>
  queryOptions({
    queryKey: [...keys.users, 'page', filter] as const,
    queryFn: ({ signal }) => fetchUsers(filter, '', signal),
  });
const fetchJobs = (filter: JobFilter, cursor: string, signal: AbortSignal) =>
  unwrap(
    client.GET('/jobs', {
      signal,
      params: { query: { ...filter, ...pageAt(cursor) } },
    }),
  );
export const jobListQuery = infiniteQueryOptions({
  queryKey: [...keys.jobs, 'list'] as const,
  queryFn: ({ pageParam, signal }) => fetchJobs({}, pageParam, signal),
  ...PAGED,
});
// The first that fit: enough to choose among; more is found by its title.
export const jobPageQuery = (filter: JobFilter) =>
  queryOptions({
    queryKey: [...keys.jobs, 'page', filter] as const,
    queryFn: ({ signal }) => fetchJobs(filter, '', signal),
  });
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.jobs, 'one', id] as const,
    queryFn: ({ signal }) => unwrap(client.GET('/jobs/{id}', { signal, params: { path: { id } } })),
  });
export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/tokens', { signal }))).rows,
});
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/sessions', { signal }))).rows,
});
export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: async ({ signal }) => (await unwrap(client.GET('/invitations', { signal }))).rows,
});
// Addresses that wait for an admin, the first page of them.
export const claimsQuery = queryOptions({
  queryKey: [...keys.claims, 'waiting'] as const,
  queryFn: ({ signal }) =>
    unwrap(client.GET('/claims', { signal, params: { query: { limit: PAGE } } })),
});
// Addresses that are somebody's by an admin's word.
export const confirmedQuery = infiniteQueryOptions({
  queryKey: [...keys.claims, 'confirmed'] as const,
  queryFn: ({ pageParam, signal }) =>
    unwrap(
      client.GET('/claims', {
        signal,
        params: {
          query: {
            state: 'confirmed',
            ...pageAt(pageParam),
          },
        },
      }),
    ),
  ...PAGED,
});
export const candidateListQuery = (filter: CandidateFilter) =>
  infiniteQueryOptions({
    queryKey: keys.candidateList(filter),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/candidates', {
          signal,
          params: {
            query: {
              ...(filter.q ? { q: filter.q } : {}),
              ...(filter.job ? { job: filter.job } : {}),
              ...(filter.phase ? { phase: filter.phase } : {}),
              ...(filter.status ? { status: filter.status } : {}),
              ...pageAt(pageParam),
            },
          },
        }),
      ),
    ...PAGED,
    placeholderData: keepPreviousData,
  });
export const MOST_IN_STAGE = 10_000; // of a phase or a status: so many, or more
export const stageCountsQuery = (job: string) =>
  queryOptions({
    queryKey: keys.stageCountsOf(job),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/jobs/{id}/stages', { signal, params: { path: { id: job } } })),
  });
export const candidateQuery = (id: string) =>
  queryOptions({
    queryKey: keys.candidate(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates/{id}', { signal, params: { path: { id } } })),
  });

// What came with a candidate's messages, the CV first (M-9).
export const filesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.files(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates/{id}/files', { signal, params: { path: { id } } })),
  });

// The newest messages of all conversations first (M-9); each page holds its oldest first.
export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.timeline(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/candidates/{id}/timeline', {
          signal,
          params: { path: { id }, query: pageAt(pageParam) },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.older ?? undefined,
  });

// What came of searching the mailboxes (S-5). Messages that are found are told of; that a mailbox was
// searched isn't, so it is asked as long as that goes on: soon at first, then twice a minute.
const SEARCH_ASKED_AFTER = { first: 2000, most: 30_000 };
export const oldMailQuery = (id: string) =>
  queryOptions({
    queryKey: keys.oldMail(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates/{id}/old-mail', { signal, params: { path: { id } } })),
    refetchInterval: ({ state }) => {
      const search = state.data?.search;
      if (!search || search.searching + search.waiting === 0) return false;
      const { first, most } = SEARCH_ASKED_AFTER;
      return search.searching === 0 ? most : Math.min(first * 1.3 ** state.dataUpdateCount, most);
    },
  });

// Who has an address already, of those I may see.
export const holdersQuery = (address: string) =>
  queryOptions({
    queryKey: keys.holders(address),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/address-holders', { signal, params: { query: { address } } })),
  });

// The servers that an admin has a mailbox of this domain at: null where there is none.
export const offeredServersQuery = (domain: string) =>
  queryOptions({
    queryKey: keys.offeredServers(domain),
    queryFn: async ({ signal }) =>
      (await unwrap(client.GET('/offered-servers', { signal, params: { query: { domain } } })))
        .rows[0] ?? null,
  });

// How much lies with a candidate; asked anew whenever that is to be decided upon.
export const holdingsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.holdings(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/candidates/{id}/holdings', { signal, params: { path: { id } } })),
    staleTime: 0,
  });

async function fetchThreads(filter: ThreadFilter, cursor: string, signal?: AbortSignal) {
  const asked = ask();
  const page = await unwrap(
    client.GET('/threads', {
      ...(signal ? { signal } : {}),
      params: {
        query: { ...filter, ...pageAt(cursor) },
      },
    }),
  );
  const rows = page.rows.map((row): ThreadRow => {
    const now = upToDate(row, asked);
    return filter.order ? { ...now, since: row.asked_at } : now;
  });
  return { ...page, rows };
}
export const FULL = 20; // rows are more than a window holds
// The server looks at a stretch of a place at a time for what passes a filter, and may find little of it, or
// nothing. A few stretches make a page; whoever wants to look further back says so.
const STRETCHES = 5;
async function fetchPassing(filter: ThreadFilter, cursor: string, signal: AbortSignal) {
  let page = await fetchThreads(filter, cursor, signal);
  for (let asked = 1; asked < STRETCHES && page.next && page.rows.length < FULL; asked++) {
    const further = await fetchThreads(filter, page.next, signal);
    page = { rows: [...page.rows, ...further.rows], next: further.next };
  }
  return page;
}
export const threadListQuery = (filter: ThreadFilter) =>
  infiniteQueryOptions({
    queryKey: keys.threadList(filter),
    queryFn: ({ pageParam, signal }) => fetchPassing(filter, pageParam, signal),
    ...PAGED,
  });
export type FoundPage = Omit<Schemas['Found'], 'conversations'> & {
  q: string;
  rows: FoundRow[];
  filesAlone: boolean;
  files: Schemas['FoundFile'][];
  moreFiles: boolean; // than these
};
// Everything in one box (M-6). Each page says what it was asked for: while the next answer is on its way, the
// last one is shown. The files on profiles have an answer of their own: a few of them stand on the first page, all
// where they alone are asked for.
const FOUND_FILES = 3;
export const searchQuery = (q: string, filesAlone = false) =>
  infiniteQueryOptions({
    queryKey: keys.search(q, filesAlone),
    queryFn: async ({ pageParam, signal }): Promise<FoundPage> => {
      const at = pageParam ? { cursor: pageParam } : {};
      const filesOf = (query: { cursor?: string; limit?: number }) =>
        unwrap(client.GET('/search/files', { signal, params: { query: { q, ...query } } }));
      const nobody = { candidates: [], jobs: [], people: [], rows: [], moreFiles: false };
      if (filesAlone) return { ...nobody, ...(await filesOf(at)), q, filesAlone };
      const question = ask();
      const [{ conversations, ...found }, files] = await Promise.all([
        unwrap(client.GET('/search', { signal, params: { query: { q, ...at } } })),
        pageParam ? undefined : filesOf({ limit: FOUND_FILES }),
      ]);
      const rows = conversations.map(
        ({ thread, match }): FoundRow => ({ ...upToDate(thread, question), match }),
      );
      return {
        ...found,
        q,
        rows,
        filesAlone,
        files: files?.files ?? [],
        moreFiles: !!files?.next,
        complete: found.complete && (files?.complete ?? true),
      };
    },
    ...PAGED,
    placeholderData: keepPreviousData,
  });
// The first that fit, by a part of the name or address.
export const candidatePageQuery = (q: string) =>
  queryOptions({
    queryKey: [...keys.candidates, 'page', q] as const,
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/candidates', {
          signal,
          params: { query: { ...(q ? { q } : {}), limit: 8 } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
// The newest page once more: live events refresh this one, and the list decides what to show.
export const threadHeadQuery = (filter: ThreadFilter) =>
  queryOptions({
    queryKey: keys.threadHead(filter),
    queryFn: ({ signal }) => fetchThreads(filter, '', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: keys.thread(id),
    queryFn: ({ signal }) => fetchThread(id, { signal }),
  });
async function fetchThread(
  id: string,
  { signal, limit }: { signal?: AbortSignal; limit?: number },
) {
  const asked = ask();
  const thread = await unwrap(
    client.GET('/threads/{id}', {
      ...(signal ? { signal } : {}),
      params: { path: { id }, ...(limit ? { query: { limit } } : {}) },
    }),
  );
  return upToDate(thread, asked);
}
// Whose turn it is there now.
export const fetchTurn = (id: string) => fetchThread(id, { limit: 1 });
// Before the messages that `threadQuery` shows.
export const fetchOlder = (id: string, cursor: string) =>
  unwrap(client.GET('/threads/{id}', { params: { path: { id }, query: { cursor } } }));
export const MOST_COUNTED = 1000; // so many, or more
export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => unwrap(client.GET('/counts', { signal })),
});
export const MOST_UNREAD = 100; // likewise
export const unreadCountsQuery = queryOptions({
  queryKey: keys.unreadCounts,
  queryFn: ({ signal }) => unwrap(client.GET('/counts/unread', { signal })),
});
// What is under way, or waits for a word of mine. Of more than so many, the newest.
export const outboxQuery = queryOptions({
  queryKey: keys.outbox,
  queryFn: ({ signal }) =>
    unwrap(client.GET('/outbox', { signal, params: { query: { limit: 100 } } })),
});
export const bodyQuery = (message: string) =>
  queryOptions({
    queryKey: keys.body(message),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/messages/{id}/body', { signal, params: { path: { id: message } } })),
    staleTime: Number.POSITIVE_INFINITY, // a message never changes
  });
/** A conversation and what it shows at first: the words of its newest message, and with whom it is. */
export async function fetchAhead(queries: QueryClient, id: string): Promise<void> {
  await queries.prefetchQuery(threadQuery(id));
  const thread = queries.getQueryData(threadQuery(id).queryKey);
  const newest = thread?.messages.at(-1)?.id;
  await Promise.all([
    newest && !newest.startsWith('pending:') && queries.prefetchQuery(bodyQuery(newest)),
    thread && !thread.non_candidate && queries.prefetchQuery(candidateQuery(thread.candidate)),
  ]);
}
// All of them: whoever writes chooses among them, and any of their addresses may be on a message.
export const mailboxesQuery = queryOptions({
  queryKey: keys.mailboxes,
  queryFn: async ({ signal }) => {
    const mailboxes: Mailbox[] = [];
    let cursor: string | null = '';
    do {
      const page: { rows: Mailbox[]; next: string | null } = await unwrap(
        client.GET('/mailboxes', { signal, params: { query: pageAt(cursor) } }),
      );
      mailboxes.push(...page.rows);
      cursor = page.next;
    } while (cursor);
    return mailboxes;
  },
});
export const mailboxQuery = (id: string) =>
  queryOptions({
    queryKey: keys.mailbox(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/mailboxes/{id}', { signal, params: { path: { id } } })),
  });
export const foldersQuery = (id: string) =>
  queryOptions({
    queryKey: keys.folders(id),
    queryFn: async ({ signal }) =>
      (await unwrap(client.GET('/mailboxes/{id}/folders', { signal, params: { path: { id } } })))
        .rows,
  });
export const pastQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.past(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/mailboxes/{id}/past', {
          signal,
          params: { path: { id }, query: pageAt(pageParam) },
        }),
      ),
    ...PAGED,
  });
// Of these, those that are still being looked for.
export const pastSearchingQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.past(id), 'searching'],
    queryFn: ({ signal }) =>
      unwrap(
        client.GET('/mailboxes/{id}/past', {
          signal,
          params: { path: { id }, query: { searching: true, limit: MOST_ROWS } },
        }),
      ),
  });
export const neverSyncedQuery = (id: string) =>
  queryOptions({
    queryKey: keys.neverSynced(id),
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          client.GET('/mailboxes/{id}/never-synced', { signal, params: { path: { id } } }),
        )
      ).rows.map((row) => row.entry),
  });
export const ledgerQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.ledger(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/mailboxes/{id}/ledger', {
          signal,
          params: {
            path: { id },
            query: { ...pageAt(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });
export const quarantineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.quarantine(id),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET('/mailboxes/{id}/quarantine', {
          signal,
          params: {
            path: { id },
            query: { ...pageAt(pageParam) },
          },
        }),
      ),
    ...PAGED,
  });

// `user` is whose question it was: who is in by now may be another one.
export function makeQueryClient(onSignedOut: (user: string | undefined) => void): QueryClient {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && isAway(error),
      },
      // A change that doesn't get through fails: it never waits for a network and happens by itself then,
      // when whoever asked for it has gone on.
      mutations: { networkMode: 'always' },
    },
  });
  const user = () => queryClient.getQueryData(meQuery.queryKey)?.user.id;
  const watch = (error: unknown, user: string | undefined) => {
    if (error instanceof ProblemError && error.status === 401) onSignedOut(user);
  };
  // Those of whoever leaves are dropped with all that they asked.
  queryClient.getQueryCache().config.onError = (error, query) => {
    if (query.queryKey[0] !== 'me') watch(error, user());
  };
  // These go on.
  const askers = new WeakMap<object, string | undefined>();
  queryClient.getMutationCache().config.onMutate = (_variables, mutation) => {
    askers.set(mutation, user());
  };
  queryClient.getMutationCache().config.onError = (error, _variables, _context, mutation) => {
    if (!mutation.meta?.signsIn) watch(error, askers.get(mutation));
  };
  return queryClient;
}

// There is nothing to show: it never came, or it isn't ours to see any more. What is being read stays
// when asking again fails otherwise (no network, a session that ended).
export function failed<T>(
  query: UseQueryResult<T>,
): query is QueryObserverLoadingErrorResult<T, Error> {
  if (!query.isError) return false;
  const status = query.error instanceof ProblemError ? query.error.status : 0;
  return query.data === undefined || status === 403 || status === 404;
}

export type Message = Schemas['Message'];
export type TimelineMessage = Schemas['TimelineMessage'];
export type Thread = Schemas['Thread'];
// `since`: in a list of who has waited longest, by what it stands there; whatever is said of it meanwhile.
export type ThreadRow = Schemas['ThreadRow'] & { since?: string | null };
export type Match = Schemas['Match'];
export type FoundRow = ThreadRow & { match: Match };
export type Mailbox = Schemas['Mailbox'];
export type Candidate = Schemas['Candidate'];
export type Holdings = Schemas['Holdings'];
export type Claim = Schemas['Claim'];
export type OutboxMessage = Schemas['OutboxMessage'];
export type User = Schemas['User'];
