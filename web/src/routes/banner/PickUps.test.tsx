import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, configure, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Schema } from '../../api/client';
import type { Me } from '../../api/session';
import common from '../../locales/fr/common.json';
import fr from '../../locales/fr/banner.json';
import { ShortcutProvider } from '../../ui/Shortcuts';
import { toasts } from '../../ui/toast';
import { Column } from './Column';
import { Watcher } from './parts/Watcher';
import { at, fakeCall, fakeMe, freshBanner, now } from './state/fake';
import { Post, PostProvider } from './state/post';
import { Strip } from './Strip';

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 10_000 });

type Call = Schema<'PickUpCall'>;

const old: Call = { id: 'c1', group: 'g1', state: 'ringing', caller: '+33612345678', callerName: 'Claire Martin', arrivedAt: at(-75), ringsAt: { id: 'o2', name: 'Inès Moreau' } };
const young: Call = { id: 'c2', group: 'g1', state: 'queued', caller: null, callerName: null, arrivedAt: at(-5), ringsAt: null };

/** What the server answers next to who takes a call, and what was asked of it. */
let refusal: { readonly status: number; readonly code: string } | null = null;
let sent: string[] = [];

await Promise.all([import('./parts/PickUps'), import('./cards/Qualify'), import('./parts/NoticeLine')]);
const said = vi.spyOn(await toasts(), 'show').mockReturnValue('');

beforeEach(async () => {
  await freshBanner();
  refusal = null;
  sent = [];
  said.mockClear();
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.method === 'GET') return Promise.resolve(Response.json({ items: [], next: '' }));
    sent.push(new URL(request.url).pathname.replace('/api/v1', ''));
    return Promise.resolve(refusal ? Response.json({ type: 'about:blank', title: '', ...refusal }, { status: refusal.status }) : Response.json({}));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function show(me: Partial<Me>, strip = false) {
  const post = new Post(fakeMe(me));
  post.line.line.set({ state: 'live' });
  const none = (): void => undefined;
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ShortcutProvider>
          <PostProvider value={post}>
            {strip ? <Strip settings={none} changePhone={none} /> : <Column settings={none} changePhone={none} />}
            <Watcher />
          </PostProvider>
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  const become = (change: Partial<Me>): void => act(() => post.line.me.set({ ...post.line.me.get(), ...change }));
  return { post, become, user: userEvent.setup() };
}

const title = { name: fr.pickUp.title };
const takes = (who: string): Promise<HTMLElement> => screen.findByRole('button', { name: fr.pickUp.takeOf.replace('{{who}}', who) });

test('who calls, for which group, where it rings and since when stand beside each button', async () => {
  const { become, user } = show({ pickUps: [old, young] });
  await takes('Claire Martin');
  const rows = screen.getByRole('region', title).querySelectorAll('li');
  expect([...rows].map((row) => [...row.querySelectorAll('p')].map((line) => line.textContent))).toEqual([
    ['Claire Martin+33 6 12 34 56 78', ' Service client', 'Sonne chez Inès Moreau 1:15'],
    [common.withheld, ' Service client', 'En attente 0:05'],
  ]);
  await user.click(await takes(common.withheld));
  await waitFor(() => expect(sent).toEqual(['/me/calls/c2/pickup']));
  become({ pickUps: [] });
  expect(screen.queryByRole('region', title)).toBeNull();
});

test('the key takes the first, and does nothing while there is none or the line is lost', async () => {
  const { become, post, user } = show({ pickUps: [] });
  await user.keyboard('i');
  become({ pickUps: [old, young] });
  act(() => post.line.line.set({ state: 'lost', at: now }));
  await user.keyboard('i');
  expect(sent).toEqual([]);
  expect(await takes('Claire Martin')).toHaveAttribute('aria-disabled', 'true');
  act(() => post.line.line.set({ state: 'live' }));
  await user.keyboard('i');
  await waitFor(() => expect(sent).toEqual(['/me/calls/c1/pickup']));
});

test('what he writes in wrap-up is saved before the call takes it away', async () => {
  const call = fakeCall({ id: 'c0', state: 'ended', endedAt: at(-3), answeredAt: at(-20), ringUntil: null, answerable: false });
  const { post, user } = show({ activity: 'wrap_up', calls: [call], pickUps: [old] });
  post.qualification(call).note.edit('rappeler lundi');
  await user.keyboard('i');
  await waitFor(() => expect(sent).toEqual(['/me/calls/c0/note', '/me/calls/c1/pickup']));
});

test.each([{ status: 404, code: 'not_found' }, { status: 409, code: 'wrong_state' }])('that a colleague was faster is said as news ($code)', async (answer) => {
  refusal = answer;
  const { user } = show({ pickUps: [old] });
  await user.click(await takes('Claire Martin'));
  await waitFor(() => expect(said.mock.lastCall?.[0]).toMatchObject({ message: fr.pickUp.gone, color: 'lagoon' }));
  expect(said).toHaveBeenCalledTimes(1);
});

test('any other refusal is said as one', async () => {
  refusal = { status: 409, code: 'phone_unreachable' };
  const { user } = show({ pickUps: [old] });
  await user.click(await takes('Claire Martin'));
  await waitFor(() => expect(said.mock.lastCall?.[0]).toMatchObject({ message: common.problem.phone_unreachable, color: 'red' }));
  expect(said).toHaveBeenCalledTimes(1);
});

test('in the strip they stand behind a button that counts them, and the key needs it not', async () => {
  const { become, user } = show({ pickUps: [old, young] }, true);
  await user.click(screen.getByRole('button', { name: `${fr.pickUp.short} 2` }));
  expect(await takes('Claire Martin')).toBeVisible();
  become({ pickUps: [] });
  expect(screen.queryByRole('region', title)).toBeNull();
  expect(screen.queryByText(fr.pickUp.short)).toBeNull();
  become({ pickUps: [young] });
  await user.keyboard('i');
  await waitFor(() => expect(sent).toEqual(['/me/calls/c2/pickup']));
});
