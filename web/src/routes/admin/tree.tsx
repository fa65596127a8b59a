import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { mayAdminister } from '../../api/session';
import { loadWords } from '../../i18n';
import { admit, root } from '../../root';

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, mayAdminister),
  loader: () => loadWords('admin'),
  component: lazyRouteComponent(() => import('./AdminLayout'), 'AdminLayout'),
});

/** The pages of the administration, each loaded when it is opened. */
export const adminTree = admin;
