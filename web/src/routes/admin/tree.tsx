import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { mayAdminister } from '../../api/session';
import { loadWords } from '../../i18n';
import { admit, root } from '../../root';

// A kind of record has three pages: its list, a new one, and one by its id. They are
// routes here, an entry in nav.ts, and components over parts/ResourceList and
// parts/ResourceForm.

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, mayAdminister),
  loader: () => Promise.all([loadWords('admin'), loadWords('rules')]),
  component: lazyRouteComponent(() => import('./AdminLayout'), 'AdminLayout'),
});

const start = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/operators', replace: true });
  },
});

const operators = createRoute({
  getParentRoute: () => admin,
  path: '/operators',
  component: lazyRouteComponent(() => import('./operators/OperatorsPage'), 'OperatorsPage'),
});

/** The pages of the administration, each loaded when it is opened. */
export const adminTree = admin.addChildren([start, operators]);
