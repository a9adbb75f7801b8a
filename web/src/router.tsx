// Every page and its address. Pages come on demand; the frame and the lists come at once.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  defaultParseSearch,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { ProblemError } from './api/client';
import {
  fetchAhead,
  meQuery,
  type Place,
  searchQuery,
  setupQuery,
  threadListQuery,
} from './api/queries';
import { asId, type ProfileView, sameFilter } from './candidate/filter';
import { NotFound, notLoaded, PageFailed } from './frame/errors';
import { isLanguage, switchLanguage } from './i18n';
import { orderOf } from './inbox/order';
import { filterOf, narrowingIn, type TabSearch, tabSearch, turnIn } from './inbox/turns';
import { MOST_ASKED } from './search/way';
import { takeLink } from './setup/link';
import { fetchModule } from './ui/fetch-module';
import { closesByBack } from './ui/on-top';
import { Skeleton } from './ui/state';

// A page that doesn't come is told where it would stand. (The router itself would reload, and leave
// nothing of what is being read when the server is away.)
const page = <T extends Record<K, ComponentType>, K extends string>(
  load: () => Promise<T>,
  name: K,
) =>
  lazyRouteComponent(async () => {
    const module = await fetchModule(load).catch(notLoaded);
    // What came in its place, asked for by its address, is some other part of it.
    return module[name] ? module : notLoaded(undefined);
  }, name);

// With words of its own.
const worded = <T extends { addWords: () => Promise<void> }>(load: () => Promise<T>) => {
  return async () => {
    const module = await fetchModule(load);
    await module.addWords();
    return module;
  };
};

type Context = { queries: QueryClient };

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

// The router reads what is written in an address as JSON, and what a route refuses stays there for all that ask
// below it. A list or an object means nothing to any page; what is asked for is words, whatever it looks like.
export function parseAddress(written: string): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(defaultParseSearch(written))) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
    parsed[name] = name === 'q' ? `${value}` : value;
  }
  return parsed;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = text(search.next);
    // only addresses of our own: "/x", never "//x" or "https:"
    return next && /^\/[^/\\]/.test(next) ? { next } : {};
  },
  component: page(() => import('./setup/sign-in'), 'SignIn'),
});
// Of both, the link is taken out of the address before anything else happens.
const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async ({ context }) => {
    takeLink();
    await context.queries.fetchQuery(setupQuery);
  },
  component: page(() => import('./setup/setup'), 'SetUp'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: () => void takeLink(),
  component: page(() => import('./setup/welcome'), 'Welcome'),
});

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queries.ensureQueryData(meQuery);
      if (isLanguage(me.user.language) && document.documentElement.lang !== me.user.language) {
        await switchLanguage(me.user.language).catch(notLoaded);
      }
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      const { needed } = await context.queries.fetchQuery(setupQuery);
      if (needed) throw redirect({ to: '/setup' });
      throw redirect({
        to: '/sign-in',
        search: location.href === '/' ? {} : { next: location.href },
      });
    }
  },
  component: page(() => import('./frame/frame'), 'Frame'),
});
const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' });
  },
});

const place = () => import('./inbox/place');
const thread = () => import('./thread/thread');

// The rows are asked for while the page's code still comes. Before the load, and not by a loader with what is
// asked for as its deps: that would be another page for each of them, and on a slow machine the one with the
// focus, in which somebody types, would make room for a skeleton meanwhile.
const placeOf = (which: Place) => ({
  validateSearch: tabSearch,
  beforeLoad: ({ context, search }: { context: Context; search: TabSearch }) => {
    const user = context.queries.getQueryData(meQuery.queryKey)?.user.id;
    const narrowing = narrowingIn(which, search, orderOf(user));
    const filter = filterOf(which, turnIn(which, search), narrowing);
    void context.queries.prefetchInfiniteQuery(threadListQuery(filter));
  },
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox',
  ...placeOf('inbox'),
  component: page(place, 'Inbox'),
});
const sent = createRoute({
  getParentRoute: () => app,
  path: '/sent',
  ...placeOf('sent'),
  component: page(place, 'Sent'),
});
const drafts = createRoute({
  getParentRoute: () => app,
  path: '/drafts',
  component: page(
    worded(() => import('./drafts/place')),
    'Drafts',
  ),
});
const all = createRoute({
  getParentRoute: () => app,
  path: '/all',
  ...placeOf('all'),
  component: page(place, 'AllCandidates'),
});

const followedCandidates = createRoute({
  getParentRoute: () => app,
  path: '/followed-candidates',
  ...placeOf('followed-candidates'),
  component: page(place, 'FollowedCandidates'),
});
const followedJobs = createRoute({
  getParentRoute: () => app,
  path: '/followed-jobs',
  ...placeOf('followed-jobs'),
  component: page(place, 'FollowedJobs'),
});

const nonCandidates = createRoute({
  getParentRoute: () => app,
  path: '/non-candidates',
  ...placeOf('non-candidates'),
  component: page(place, 'NonCandidates'),
});
const nonCandidateNew = createRoute({
  getParentRoute: () => nonCandidates,
  path: 'new',
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    text(to) ? { to: text(to)! } : {},
  component: page(() => import('./inbox/first-letter'), 'FirstLetter'),
});

const archived = createRoute({
  getParentRoute: () => app,
  path: '/archived',
  ...placeOf('archived'),
  component: page(place, 'Archived'),
});

const loadThread = (queries: QueryClient, threadId: string) => {
  void fetchAhead(queries, threadId);
};
const inboxThread = createRoute({
  getParentRoute: () => inbox,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const sentThread = createRoute({
  getParentRoute: () => sent,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const allThread = createRoute({
  getParentRoute: () => all,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const followedCandidatesThread = createRoute({
  getParentRoute: () => followedCandidates,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const followedJobsThread = createRoute({
  getParentRoute: () => followedJobs,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const nonCandidatesThread = createRoute({
  getParentRoute: () => nonCandidates,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});
const archivedThread = createRoute({
  getParentRoute: () => archived,
  path: '$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});

const candidates = createRoute({
  getParentRoute: () => app,
  path: '/candidates',
  validateSearch: (
    search: Record<string, unknown>,
  ): {
    q?: string;
    job?: string;
    phase?: string;
    status?: string;
    view?: ProfileView;
    add?: boolean;
  } => ({
    ...sameFilter({
      q: text(search.q)!,
      job: text(search.job)!,
      phase: asId(search.phase)!,
      status: asId(search.status)!,
    }),
    ...(search.view === 'conversations' ? { view: search.view } : {}),
    ...(search.add === true ? { add: true } : {}),
  }),
  component: page(() => import('./candidate/list'), 'CandidateList'),
});
const candidate = createRoute({
  getParentRoute: () => candidates,
  path: '$candidateId',
  validateSearch: (search: Record<string, unknown>): { compose?: boolean; file?: string } => ({
    ...(search.compose === true ? { compose: true } : {}),
    ...(asId(search.file) ? { file: asId(search.file)! } : {}),
  }),
  component: page(
    worded(() => import('./candidate/profile')),
    'Profile',
  ),
});
const candidateThread = createRoute({
  getParentRoute: () => candidates,
  path: '$candidateId/threads/$threadId',
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});

const search = createRoute({
  getParentRoute: () => app,
  path: '/search',
  validateSearch: ({ q, files }: Record<string, unknown>): { q?: string; files?: boolean } => {
    const asked = text(q)?.trim();
    return asked ? { q: asked.slice(0, MOST_ASKED), ...(files === true ? { files } : {}) } : {};
  },
  beforeLoad: ({ context, search: { q, files } }) => {
    if (q) void context.queries.prefetchInfiniteQuery(searchQuery(q, files));
  },
  component: page(
    worded(() => import('./search/place')),
    'SearchPlace',
  ),
});
const searchThread = createRoute({
  getParentRoute: () => search,
  path: '$threadId',
  validateSearch: ({ message }: Record<string, unknown>): { message?: string } =>
    text(message) ? { message: text(message)! } : {},
  loader: ({ context, params }) => loadThread(context.queries, params.threadId),
  component: page(thread, 'ThreadPage'),
});

const jobs = createRoute({
  getParentRoute: () => app,
  path: '/jobs',
  validateSearch: (search: Record<string, unknown>): { add?: boolean } =>
    search.add === true ? { add: true } : {},
  component: page(() => import('./jobs/jobs'), 'Jobs'),
});

const job = createRoute({
  getParentRoute: () => app,
  path: '/jobs/$jobId',
  component: page(() => import('./jobs/settings'), 'JobSettings'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: page(
    worded(() => import('./settings/layout')),
    'Settings',
  ),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  component: () => null,
});
const profile = createRoute({
  getParentRoute: () => settings,
  path: 'account/profile',
  component: page(() => import('./settings/profile'), 'ProfileSettings'),
});
const email = createRoute({
  getParentRoute: () => settings,
  path: 'account/profile/email',
  component: page(() => import('./settings/email'), 'EmailSettings'),
});
const addEmail = createRoute({
  getParentRoute: () => settings,
  path: 'account/profile/email/add',
  component: page(() => import('./settings/add-email'), 'AddEmail'),
});
const mailbox = createRoute({
  getParentRoute: () => settings,
  path: 'account/profile/email/$mailboxId',
  component: page(() => import('./settings/mailbox'), 'MailboxSettings'),
});
const access = createRoute({
  getParentRoute: () => settings,
  path: 'account/access',
  component: page(() => import('./settings/access'), 'Access'),
});
const imports = createRoute({
  getParentRoute: () => settings,
  path: 'import',
  validateSearch: ({ what }: Record<string, unknown>): { what?: 'jobs' } =>
    what === 'jobs' ? { what } : {},
  component: page(
    worded(() => import('./imports/page')),
    'ImportPage',
  ),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: 'account/tokens',
  component: page(() => import('./settings/tokens'), 'Tokens'),
});
const company = createRoute({
  getParentRoute: () => settings,
  path: 'company',
  component: page(() => import('./settings/company'), 'CompanySettings'),
});
const users = createRoute({
  getParentRoute: () => settings,
  path: 'company/users',
  validateSearch: (search: Record<string, unknown>): { add?: boolean } =>
    search.add === true ? { add: true } : {},
  component: page(() => import('./settings/users'), 'Users'),
});

const tree = root.addChildren([
  signIn,
  setUp,
  welcome,
  app.addChildren([
    home,
    inbox.addChildren([inboxThread]),
    sent.addChildren([sentThread]),
    drafts,
    all.addChildren([allThread]),
    followedCandidates.addChildren([followedCandidatesThread]),
    followedJobs.addChildren([followedJobsThread]),
    nonCandidates.addChildren([nonCandidateNew, nonCandidatesThread]),
    archived.addChildren([archivedThread]),
    candidates.addChildren([candidate, candidateThread]),
    search.addChildren([searchThread]),
    jobs,
    job,
    settings.addChildren([
      settingsHome,
      profile,
      email,
      addEmail,
      mailbox,
      access,
      tokens,
      imports,
      company,
      users,
    ]),
  ]),
]);

export function makeRouter(queries: QueryClient) {
  const router = createRouter({
    routeTree: tree,
    context: { queries },
    parseSearch: parseAddress,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 300,
    defaultPendingComponent: () => <Skeleton />,
    defaultErrorComponent: PageFailed,
    scrollRestoration: false,
  });
  closesByBack(router.history);
  return router;
}
