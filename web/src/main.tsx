import './trusted';
import './ui/styles';

import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Problem, whenLoggedOut } from './api/client';
import { whoQuery } from './api/session';
import { startWords } from './i18n';
import { makeRouter } from './router';
import { ShortcutProvider } from './ui/Shortcuts';
import { theme, variables } from './ui/theme';

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused it refuses again; what did not arrive is asked for again.
      retry: (failures, error) => failures < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 502),
      staleTime: 5000,
    },
  },
});
const router = makeRouter(queries);

whenLoggedOut(() => {
  if (queries.getQueryData(whoQuery.queryKey) === null) return;
  queries.setQueryData(whoQuery.queryKey, null);
  void router.invalidate();
});

await startWords();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <ShortcutProvider>
          <ModalsProvider>
            <Notifications position="top-center" />
            <RouterProvider router={router} />
          </ModalsProvider>
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
