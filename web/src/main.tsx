import './trusted';
import './ui/styles';

import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Problem, whenLoggedOut, whenPasswordDue } from './api/client';
import { whoQuery, type Whoever } from './api/session';
import { startWords } from './i18n';
import { makeRouter } from './router';
import { ConfirmPlace } from './ui/ConfirmPlace';
import { ShortcutProvider } from './ui/Shortcuts';
import { theme, variables } from './ui/theme';
import { ToastPlace } from './ui/ToastPlace';

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

// Dialogues lock the page's scrolling with a style element of their own, whose maker reads its nonce here.
Object.assign(globalThis, { __webpack_nonce__: nonce() });

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
  // Nobody was logged in: there is nothing that could have ended.
  if (!queries.getQueryData(whoQuery.queryKey)) return;
  queries.setQueryData(whoQuery.queryKey, null);
  void router.navigate({ to: '/login', search: { next: router.latestLocation.pathname, ended: 'session' } });
});

whenPasswordDue(() => {
  const who = queries.getQueryData(whoQuery.queryKey);
  if (!who || who.mustChangePassword) return;
  const due: Whoever = { ...who, mustChangePassword: true };
  queries.setQueryData(whoQuery.queryKey, due);
  void router.invalidate();
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its root');

try {
  await startWords();
} catch (error) {
  // No words have arrived, in any language: these stand here.
  root.textContent = 'La page n\'a pas pu être chargée : rechargez-la. · The page could not be loaded: please reload it.';
  throw error;
}
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <ShortcutProvider>
          <ToastPlace />
          <ConfirmPlace />
          <RouterProvider router={router} />
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
