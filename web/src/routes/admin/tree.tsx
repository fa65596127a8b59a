import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { mayAdminister, roleOf } from '../../api/session';
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
  component: lazyRouteComponent(() => import('./Frame'), 'Frame'),
});

const start = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/operators', replace: true });
  },
});

interface From {
  /** The record whose values a new one begins with. */
  readonly from?: string;
}

const from = (search: Record<string, unknown>): From => (typeof search['from'] === 'string' ? { from: search['from'] } : {});

const operators = createRoute({
  getParentRoute: () => admin,
  path: '/operators',
  component: lazyRouteComponent(() => import('./operators/OperatorsPage'), 'OperatorsPage'),
});

const newOperator = createRoute({
  getParentRoute: () => admin,
  path: '/operators/new',
  validateSearch: from,
  component: lazyRouteComponent(() => import('./operators/OperatorPage'), 'NewOperatorPage'),
});

const importOperators = createRoute({
  getParentRoute: () => admin,
  path: '/operators/import',
  component: lazyRouteComponent(() => import('./operators/ImportPage'), 'ImportPage'),
});

const operator = createRoute({
  getParentRoute: () => admin,
  path: '/operators/$id',
  component: lazyRouteComponent(() => import('./operators/OperatorPage'), 'OperatorPage'),
});

const groups = createRoute({
  getParentRoute: () => admin,
  path: '/groups',
  component: lazyRouteComponent(() => import('./groups/GroupsPage'), 'GroupsPage'),
});

const newGroup = createRoute({
  getParentRoute: () => admin,
  path: '/groups/new',
  component: lazyRouteComponent(() => import('./groups/GroupPage'), 'NewGroupPage'),
});

const group = createRoute({
  getParentRoute: () => admin,
  path: '/groups/$id',
  component: lazyRouteComponent(() => import('./groups/GroupPage'), 'GroupPage'),
});

const pauseTypes = createRoute({
  getParentRoute: () => admin,
  path: '/pause-types',
  component: lazyRouteComponent(() => import('./pausetypes/PauseTypesPage'), 'PauseTypesPage'),
});

const newPauseType = createRoute({
  getParentRoute: () => admin,
  path: '/pause-types/new',
  component: lazyRouteComponent(() => import('./pausetypes/PauseTypePage'), 'NewPauseTypePage'),
});

const pauseType = createRoute({
  getParentRoute: () => admin,
  path: '/pause-types/$id',
  component: lazyRouteComponent(() => import('./pausetypes/PauseTypePage'), 'PauseTypePage'),
});

const numbers = createRoute({
  getParentRoute: () => admin,
  path: '/numbers',
  component: lazyRouteComponent(() => import('./numbers/NumbersPage'), 'NumbersPage'),
});

const newNumber = createRoute({
  getParentRoute: () => admin,
  path: '/numbers/new',
  component: lazyRouteComponent(() => import('./numbers/NumberPage'), 'NewNumberPage'),
});

const number = createRoute({
  getParentRoute: () => admin,
  path: '/numbers/$id',
  component: lazyRouteComponent(() => import('./numbers/NumberPage'), 'NumberPage'),
});

const phones = createRoute({
  getParentRoute: () => admin,
  path: '/phones',
  component: lazyRouteComponent(() => import('./phones/PhonesPage'), 'PhonesPage'),
});

const newPhone = createRoute({
  getParentRoute: () => admin,
  path: '/phones/new',
  component: lazyRouteComponent(() => import('./phones/PhonePage'), 'NewPhonePage'),
});

const phone = createRoute({
  getParentRoute: () => admin,
  path: '/phones/$id',
  component: lazyRouteComponent(() => import('./phones/PhonePage'), 'PhonePage'),
});

const trunks = createRoute({
  getParentRoute: () => admin,
  path: '/trunks',
  component: lazyRouteComponent(() => import('./trunks/TrunksPage'), 'TrunksPage'),
});

const newTrunk = createRoute({
  getParentRoute: () => admin,
  path: '/trunks/new',
  component: lazyRouteComponent(() => import('./trunks/TrunkPage'), 'NewTrunkPage'),
});

const trunk = createRoute({
  getParentRoute: () => admin,
  path: '/trunks/$id',
  component: lazyRouteComponent(() => import('./trunks/TrunkPage'), 'TrunkPage'),
});

const sounds = createRoute({
  getParentRoute: () => admin,
  path: '/sounds',
  component: lazyRouteComponent(() => import('./sounds/SoundsPage'), 'SoundsPage'),
});

const users = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  component: lazyRouteComponent(() => import('./users/UsersPage'), 'UsersPage'),
});

const newUser = createRoute({
  getParentRoute: () => admin,
  path: '/users/new',
  component: lazyRouteComponent(() => import('./users/UserPage'), 'NewUserPage'),
});

const user = createRoute({
  getParentRoute: () => admin,
  path: '/users/$id',
  component: lazyRouteComponent(() => import('./users/UserPage'), 'UserPage'),
});

const centre = createRoute({
  getParentRoute: () => admin,
  path: '/centre',
  component: lazyRouteComponent(() => import('./centre/CentrePage'), 'CentrePage'),
});

const outbox = createRoute({
  getParentRoute: () => admin,
  path: '/outbox',
  beforeLoad: ({ context, location }) => admit(context.queries, location.pathname, (who) => roleOf(who) === 'technical'),
  component: lazyRouteComponent(() => import('./outbox/OutboxPage'), 'OutboxPage'),
});

const whatIf = createRoute({
  getParentRoute: () => admin,
  path: '/what-if',
  component: lazyRouteComponent(() => import('./whatif/WhatIfPage'), 'WhatIfPage'),
});

/** The pages of the administration, each loaded when it is opened. */
export const adminTree = admin.addChildren([
  start, operators, newOperator, importOperators, operator, groups, newGroup, group,
  pauseTypes, newPauseType, pauseType,
  numbers, newNumber, number,
  phones, newPhone, phone,
  trunks, newTrunk, trunk,
  sounds,
  users, newUser, user,
  centre, outbox, whatIf,
]);
