import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { changeLanguage, loadWords, startWords } from '../../../i18n';
import { ConfirmPlace } from '../../../ui/ConfirmPlace';
import { NewPhonePage, PhonePage } from './PhonePage';

const secret = 'Kx7mPq2Rt9Wv4Zb6Nc3D';
const stored = {
  id: 'p1', createdAt: '2026-01-01T08:00:00.000Z', updatedAt: '2026-01-01T08:00:00.000Z', label: 'Bureau 12', username: 'pabc',
  number: '201', registered: false, contacts: [],
};

interface Sent {
  readonly call: string;
  readonly body: string;
}

const sent: Sent[] = [];

beforeEach(async () => {
  await startWords();
  await loadWords('admin', 'rules');
  await changeLanguage('fr');
  sent.length = 0;
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url);
    sent.push({ call: `${request.method} ${pathname}`, body: await request.text() });
    const headers = { ETag: '"1"' };
    if (request.method === 'POST') return Response.json({ ...stored, password: secret }, { status: 201, headers });
    return pathname.endsWith('/phones') ? Response.json({ items: [stored], next: '' }) : Response.json(stored, { headers });
  });
});

afterEach(() => vi.unstubAllGlobals());

function open(path: string) {
  const root = createRootRoute();
  const page = (at: string, component: () => React.ReactNode) => createRoute({ getParentRoute: () => root, path: at, component });
  const router = createRouter({
    routeTree: root.addChildren([
      page('/admin/phones', () => <p>la liste</p>), page('/admin/phones/new', NewPhonePage), page('/admin/phones/$id', PhonePage),
    ]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient()}>
        <ConfirmPlace />
        <ModalsProvider>
          {/* The pages are written for the router of the program; this one has the same paths. */}
          <RouterProvider router={router as never} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { router, user: userEvent.setup({ delay: null }) };
}

async function dialogue(): Promise<HTMLElement> {
  const found = await screen.findByRole('dialog', { name: /Régler le téléphone/ });
  expect(within(found).getByText("Ce mot de passe n'est affiché qu'ici")).toBeInTheDocument();
  expect(within(found).getByLabelText('Mot de passe')).toHaveValue(secret);
  return found;
}

test('the password of a new phone is shown once, until it is noted', async () => {
  const { router, user } = open('/admin/phones/new');
  await user.type(await screen.findByRole('textbox', { name: /Libellé/ }), 'Bureau 12');
  await user.click(screen.getByRole('button', { name: 'Créer' }));
  const shown = await dialogue();
  expect(sent).toContainEqual({ call: 'POST /api/v1/phones', body: JSON.stringify({ label: 'Bureau 12', number: null }) });
  await user.keyboard('{Escape}');
  expect(shown).toBeInTheDocument();

  await user.click(within(shown).getByRole('button', { name: "J'ai noté le mot de passe" }));
  expect(await screen.findByText('la liste')).toBeInTheDocument();
  expect(document.body.innerText).not.toContain(secret);
  await router.navigate({ to: '/admin/phones/$id', params: { id: 'p1' } } as never);
  expect(await screen.findByRole('heading', { level: 1, name: 'Bureau 12' })).toBeInTheDocument();
  expect(screen.queryByDisplayValue(secret)).toBeNull();
});

test('a new password is asked about first, and shown once', async () => {
  const { user } = open('/admin/phones/p1');
  await user.click(await screen.findByRole('button', { name: 'Nouveau mot de passe' }));
  const question = await screen.findByRole('dialog', { name: 'Nouveau mot de passe pour Bureau 12\u202f?' });
  expect(sent.some(({ call }) => call.startsWith('POST'))).toBe(false);
  await user.click(within(question).getByRole('button', { name: 'Nouveau mot de passe' }));
  const shown = await dialogue();
  expect(sent.map(({ call }) => call)).toContain('POST /api/v1/phones/p1/password');
  await user.click(within(shown).getByRole('button', { name: "J'ai noté le mot de passe" }));
  await waitFor(() => expect(screen.queryByDisplayValue(secret)).toBeNull());
});

test('where the browser lets no page copy, the value is chosen for it', async () => {
  const { user } = open('/admin/phones/new');
  await user.type(await screen.findByRole('textbox', { name: /Libellé/ }), 'Bureau 12');
  await user.click(screen.getByRole('button', { name: 'Créer' }));
  const shown = await dialogue();
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, 'writeText').mockImplementationOnce((text) => {
    copied.push(text);
    return Promise.resolve();
  }).mockRejectedValueOnce(new Error('not allowed here'));
  await user.click(within(shown).getByRole('button', { name: 'Copier\u00a0: Mot de passe' }));
  expect(await within(shown).findByRole('button', { name: 'Copié\u00a0: Mot de passe' })).toBeInTheDocument();
  expect(copied).toEqual([secret]);
  await user.click(within(shown).getByRole('button', { name: "Copier\u00a0: Nom d'utilisateur" }));
  expect(await within(shown).findByText('Sélectionné : copiez avec Ctrl+C.')).toBeInTheDocument();
});
