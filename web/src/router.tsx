import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect, type ErrorComponentProps } from '@tanstack/react-router';

import { roleOf } from './api/session';
import { changeLanguage, isLanguage, loadWords, type Language, type Namespace } from './i18n';
import { admit, admitAny, homeOf, root, whoIs } from './root';
import { adminTree } from './routes/admin/tree';
import { supervisionSearch } from './routes/supervision/search';
import { isEnded, type Ended } from './ui/ended';
import { Failure, Loading } from './ui/States';

interface NextSearch {
  /** Where to go after; a path of this site. */
  readonly next?: string;
}

interface LoginSearch extends NextSearch {
  /** Why the session has ended that was there before: a reason of the server's, else "session". */
  readonly ended?: Ended;
}

// A path, not another site's address: "//" and "/\" would be read as one.
const nextOf = (search: Record<string, unknown>): NextSearch =>
  typeof search['next'] === 'string' && /^\/(?![/\\])/.test(search['next']) ? { next: search['next'] } : {};

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context }) => {
    const who = await admit(context.queries, '/', () => true);
    throw redirect({ to: homeOf(who) });
  },
});

const words = (...namespaces: readonly Namespace[]) => () => loadWords(...namespaces);

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): LoginSearch => ({
    ...nextOf(search),
    ...(isEnded(search['ended']) && { ended: search['ended'] }),
  }),
  beforeLoad: async ({ context }) => {
    const who = await whoIs(context.queries);
    if (who !== null) throw redirect({ to: homeOf(who) });
  },
  loader: words('login', 'rules'),
  component: lazyRouteComponent(() => import('./routes/login/LoginPage'), 'LoginPage'),
});

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  validateSearch: nextOf,
  beforeLoad: ({ context, location }) => admitAny(context.queries, location.pathname),
  loader: words('login', 'rules'),
  component: lazyRouteComponent(() => import('./routes/login/PasswordPage'), 'PasswordPage'),
});

const banner = createRoute({
  getParentRoute: () => root,
  path: '/banner',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) === 'operator'),
  loader: words('banner'),
  component: lazyRouteComponent(() => import('./routes/banner/BannerPage'), 'BannerPage'),
});

// The window of the customer's pages, until the first of them comes: it asks nothing of the server.
const pop = createRoute({
  getParentRoute: () => root,
  path: '/pop',
  validateSearch: ({ language }: Record<string, unknown>): { readonly language?: Language } =>
    typeof language === 'string' && isLanguage(language) ? { language } : {},
  beforeLoad: ({ search }) => search.language && changeLanguage(search.language),
  loader: words('banner'),
  component: lazyRouteComponent(() => import('./routes/banner/PopPage'), 'PopPage'),
});

const supervision = createRoute({
  getParentRoute: () => root,
  path: '/supervision',
  validateSearch: supervisionSearch,
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) !== 'operator'),
  loader: words('supervision'),
  component: lazyRouteComponent(() => import('./routes/supervision/SupervisionPage'), 'SupervisionPage'),
});

const wallboard = createRoute({
  getParentRoute: () => root,
  path: '/supervision/wallboard',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) !== 'operator'),
  loader: words('supervision'),
  component: lazyRouteComponent(() => import('./routes/supervision/WallboardPage'), 'WallboardPage'),
});

const call = createRoute({
  getParentRoute: () => root,
  path: '/supervision/calls/$id',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) !== 'operator'),
  loader: words('supervision'),
  component: lazyRouteComponent(() => import('./routes/supervision/CallPage'), 'CallPage'),
});

const tree = root.addChildren([home, login, password, banner, pop, supervision, wallboard, call, adminTree]);

function Broken({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} retry={reset} />;
}

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: lazyRouteComponent(() => import('./ui/NotFound'), 'NotFound'),
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
