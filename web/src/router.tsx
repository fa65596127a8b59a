import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect, type ErrorComponentProps } from '@tanstack/react-router';

import { roleOf } from './api/session';
import { loadWords, type Namespace } from './i18n';
import { admit, homeOf, root, whoIs } from './root';
import { adminTree } from './routes/admin/tree';
import { Failure, Loading } from './ui/States';

interface LoginSearch {
  /** Where to go after; a path of this site. */
  readonly next?: string;
}

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async ({ context }) => {
    const who = await admit(context.queries, '/', () => true);
    throw redirect({ to: homeOf(who) });
  },
});

const words = (namespace: Namespace) => () => loadWords(namespace);

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): LoginSearch =>
    typeof search['next'] === 'string' && /^\/(?!\/)/.test(search['next']) ? { next: search['next'] } : {},
  beforeLoad: async ({ context }) => {
    const who = await whoIs(context.queries);
    if (who !== null) throw redirect({ to: homeOf(who) });
  },
  loader: words('login'),
  component: lazyRouteComponent(() => import('./routes/login/LoginPage'), 'LoginPage'),
});

const banner = createRoute({
  getParentRoute: () => root,
  path: '/banner',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) === 'operator'),
  loader: words('banner'),
  component: lazyRouteComponent(() => import('./routes/banner/BannerPage'), 'BannerPage'),
});

const supervision = createRoute({
  getParentRoute: () => root,
  path: '/supervision',
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

const tree = root.addChildren([home, login, banner, supervision, wallboard, adminTree]);

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
