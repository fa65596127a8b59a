import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, render, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';

import { whoQuery } from '../../api/session';
import { LiveFloor } from './live';
import { supervisor } from './testing';

class FakeSource extends EventTarget {
  static last: FakeSource | undefined;

  constructor() {
    super();
    FakeSource.last = this;
  }

  close(): void {
    FakeSource.last = undefined;
  }
}

afterEach(() => vi.unstubAllGlobals());

test('a session that ended leads to the log-in, which says so and knows the way back', async () => {
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', async () => Promise.resolve(new Response('{}', { status: 401 })));
  const queries = new QueryClient();
  queries.setQueryData(whoQuery.queryKey, supervisor);
  const root = createRootRoute();
  const router = createRouter({
    routeTree: root.addChildren([
      createRoute({ getParentRoute: () => root, path: '/supervision', component: () => <LiveFloor>live</LiveFloor> }),
      createRoute({ getParentRoute: () => root, path: '/login' }),
    ]),
    history: createMemoryHistory({ initialEntries: ['/supervision'] }),
  });
  await router.load();
  render(<QueryClientProvider client={queries}><RouterProvider router={router} /></QueryClientProvider>);
  // The floor asks why from the second refusal on.
  await waitFor(() => {
    act(() => void FakeSource.last?.dispatchEvent(new Event('error')));
    expect(router.state.location.pathname).toBe('/login');
  }, { timeout: 10_000 });
  expect(router.state.location.search).toEqual({ next: '/supervision', ended: 'session' });
  expect(queries.getQueryData(whoQuery.queryKey)).toBeNull();
});
