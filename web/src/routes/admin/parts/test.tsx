// What tests of pages need: the providers, a router around one component, and a server of a few answers.
import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { vi } from 'vitest';

import admin from '../../../locales/en/admin.json';
import common from '../../../locales/en/common.json';
import rules from '../../../locales/en/rules.json';
import { ConfirmPlace } from '../../../ui/ConfirmPlace';
import { ShortcutProvider } from '../../../ui/Shortcuts';

// A page with its form is drawn in earnest; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 30_000 });

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly etag?: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly ifMatch: string | null;
  /** The query of the address, where there is one. */
  readonly query?: string;
}

/** Answers "GET /operators" and the like; what was asked is kept in the order it was. */
export function serve(replies: Readonly<Record<string, Reply | ((asked: Asked) => Reply)>>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal('fetch', async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    const json = request.headers.get('Content-Type') === 'application/json';
    const asked: Asked = {
      method: request.method,
      path: pathname.replace('/api/v1', ''),
      body: text === '' ? undefined : json ? JSON.parse(text) as unknown : text,
      ifMatch: request.headers.get('If-Match'),
      ...(search !== '' && { query: search }),
    };
    log.push(asked);
    const found = replies[`${asked.method} ${asked.path}`];
    const reply = typeof found === 'function' ? found(asked) : found ?? { body: { items: [], next: '' } };
    return new Response(JSON.stringify(reply.body ?? {}), {
      status: reply.status ?? 200, headers: { 'Content-Type': 'application/json', ...(reply.etag !== undefined && { ETag: reply.etag }) },
    });
  });
  return log;
}

/** Shows a page under /page, with another page under /other to leave for. */
export async function show(page: () => React.ReactNode) {
  await i18next.use(initReactI18next).init({
    lng: 'en', fallbackLng: false, resources: { en: { common, admin, rules } }, defaultNS: 'common', interpolation: { escapeValue: false }, returnNull: false,
  });
  const root = createRootRoute({ component: Outlet });
  const tree = root.addChildren([
    createRoute({ getParentRoute: () => root, path: '/page', component: page }),
    createRoute({ getParentRoute: () => root, path: '/other', component: () => <p>the other page</p> }),
  ]);
  const router = createRouter({ routeTree: tree, history: createMemoryHistory({ initialEntries: ['/page'] }) });
  await router.load();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ShortcutProvider>
          <ModalsProvider>
            <ConfirmPlace />
            {/* The pages' own router is the registered one; this one stands in for it. */}
            <RouterProvider router={router as never} />
          </ModalsProvider>
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return router;
}
