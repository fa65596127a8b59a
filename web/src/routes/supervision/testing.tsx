import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { initReactI18next } from 'react-i18next';

import { whoQuery, type UserMe } from '../../api/session';
import { Floor, type Call, type FloorGroup, type FloorOperator } from '../../live/floor';
import common from '../../locales/en/common.json';
import supervision from '../../locales/en/supervision.json';
import { ShortcutProvider } from '../../ui/Shortcuts';
import { LiveContext } from './live';
import { pausesQuery } from './pauses';

// What the tests of this face share: rows, and a page around a part with a floor that the test fills.

export function group(id: string, change: Partial<FloorGroup> & { readonly day?: Partial<FloorGroup['today']> } = {}): FloorGroup {
  const { day, ...rest } = change;
  return {
    id, name: id, colour: '#112233', serviceLevel: { seconds: 20, percent: 80 }, waiting: 0, waitingSince: null, longestWaitSeconds: 0, estimatedWaitSeconds: null, open: true, hoursChangeAt: null,
    loggedIn: 1, available: 1, inCall: 0, wrapUp: 0, paused: 0, totals: { offered: 0, answered: 0, abandoned: 0, overflowed: 0 },
    today: {
      offered: 0, answered: 0, abandoned: 0, overflowed: 0, inLevel: 0, serviceLevelPercent: null, averageWaitSeconds: 0,
      averageTalkSeconds: 0, ...day,
    },
    ...rest,
  };
}

export function operator(id: string, change: Partial<FloorOperator> = {}): FloorOperator {
  return {
    id, fullName: id, loggedInSince: '2026-01-05T08:00:00.000Z', presence: 'available', pauseType: null,
    presenceSince: '2026-01-05T08:00:00.000Z', pauseUntil: null, pauseOverran: false, activity: 'idle',
    activitySince: '2026-01-05T08:00:00.000Z', pending: null, call: null, group: null, ignoredUntil: null, wrapUpUntil: null,
    phone: { kind: 'external', number: null, account: null, fallback: null, state: 'reachable', browser: null }, missed: 0, groups: ['sales'], suspended: [],
    today: { answered: 0, out: 0, missed: 0, talkSeconds: 0, averageTalkSeconds: 0 },
    ...change,
  };
}

export function call(id: string, change: Partial<Call> = {}): Call {
  return {
    id, direction: 'in', state: 'queued', caller: '+33612345678', callerName: null, called: null, service: null, group: 'sales',
    operator: null, arrivedAt: '2026-01-05T09:00:00.000Z', answeredAt: null, endedAt: null, waitSeconds: 0, talkSeconds: 0, outcome: null,
    endedBy: null, recording: 'none', tags: [], note: '', ...change,
  };
}

export const supervisor: UserMe = {
  id: 'u1', login: 'eva', name: 'Eva', role: 'supervisor', language: 'en', groups: null, rights: { operatorDetail: true, listen: false },
  centre: { name: 'Centre', timeZone: 'Europe/Paris' }, mustChangePassword: false,
};

/** A floor whose stream is not opened, as if it were live. */
export function floorOf(operators: readonly FloorOperator[], groups: readonly FloorGroup[] = [], calls: readonly Call[] = []): Floor {
  const floor = new Floor();
  floor.groups.reset(groups);
  floor.operators.reset(operators);
  floor.calls.reset(calls);
  floor.connection.set({ state: 'live' });
  return floor;
}

/** Shows a part to a supervisor, in English. */
export async function show(part: ReactNode, floor: Floor, user: UserMe = supervisor): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en', resources: { en: { common, supervision } }, ns: ['common', 'supervision'], defaultNS: 'common', interpolation: { escapeValue: false },
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(whoQuery.queryKey, user);
  queries.setQueryData(pausesQuery.queryKey, [{
    id: 'lunch', names: { fr: 'Déjeuner', en: 'Lunch', it: '', es: '' }, colour: '#aa0000', order: 1, maxMinutes: 30, productive: false,
    login: false, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z',
  }]);
  const router = createRouter({
    routeTree: createRootRoute({ component: () => <LiveContext floor={floor}>{part}</LiveContext> }),
    history: createMemoryHistory(),
  });
  await router.load();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <ShortcutProvider><RouterProvider router={router} /></ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}
