import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Me } from '../../api/session';
import fr from '../../locales/fr/banner.json';
import { ShortcutProvider } from '../../ui/Shortcuts';
import { Column } from './Column';
import { Announcer } from './parts/Announcer';
import { Indicator } from './parts/Indicator';
import { PhoneForm } from './parts/PhoneForm';
import { at, fakeCall, fakeLine, fakeMe, freshBanner, now } from './state/fake';
import type { HistoryCall } from './state/model';
import { Post, PostProvider } from './state/post';
import { Stage } from './Stage';

// Each test draws the whole banner and looks for things by their role, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

let sent: Sent[] = [];
let history: HistoryCall[] = [];
let refusal: Response | null = null;

// Loaded beforehand, as the page does: the tests look at what is there at once.
await Promise.all([import('./cards/Qualify'), import('./cards/Keypad'), import('./parts/NoticeLine')]);

beforeEach(async () => {
  await freshBanner();
  sent = [];
  history = [];
  refusal = null;
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    if (request.method === 'GET') return Response.json({ items: history, next: '' });
    const text = await request.text();
    sent.push({ path, body: text === '' ? null : (JSON.parse(text) as unknown) });
    return refusal ?? Response.json({});
  });
});

afterEach(() => vi.unstubAllGlobals());

function show(what: ReactNode, me: Partial<Me> = {}) {
  const post = new Post(fakeMe(me));
  post.line.line.set({ state: 'live' });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ShortcutProvider>
          <PostProvider value={post}>{what}</PostProvider>
        </ShortcutProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  const become = (change: Partial<Me>): void => act(() => post.line.me.set({ ...post.line.me.get(), ...change }));
  return { post, become, user: userEvent.setup() };
}

const stage = <Stage strip={false} />;
const column = <Column settings={() => undefined} changePhone={() => undefined} />;
const ringing: Partial<Me> = { activity: 'ringing', calls: [fakeCall()] };
const spoken = fakeCall({ state: 'talking', answeredAt: at(-5), ringUntil: null, answerable: false });
const talking: Partial<Me> = { activity: 'talking', calls: [spoken] };

describe('a call that rings', () => {
  test('says who, for which group, and takes the focus to the answer', () => {
    const { become } = show(<>{stage}<Announcer /></>);
    become(ringing);
    expect(screen.getByText('Claire Martin')).toBeVisible();
    expect(screen.getByText('Service client')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Décrocher' })).toHaveFocus();
    expect(screen.getByText('Appel de Claire Martin, Service client')).toBeInTheDocument();
  });

  test('is answered once, however often the button is pressed', async () => {
    const { user } = show(stage, ringing);
    await user.dblClick(screen.getByRole('button', { name: 'Décrocher' }));
    expect(sent).toEqual([{ path: '/me/calls/c1/answer', body: null }]);
  });

  test('does not take the focus from who types, nor the letters', async () => {
    const { become, user } = show(column);
    const field = screen.getByRole('textbox', { name: 'Numéro à appeler' });
    await user.click(field);
    become(ringing);
    expect(field).toHaveFocus();
    await user.keyboard('a');
    expect(sent).toEqual([]);
    expect(screen.getByRole('button', { name: 'Appeler' })).toHaveAttribute('aria-disabled', 'true');
  });

  test('is answered on a phone that cannot be answered from here', async () => {
    const { user } = show(stage, { ...ringing, calls: [fakeCall({ answerable: false })] });
    expect(screen.getByText('Décrochez sur votre poste.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Décrocher' })).toBeNull();
    await user.keyboard('a');
    expect(sent).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Refuser' }));
    expect(sent).toEqual([{ path: '/me/calls/c1/reject', body: null }]);
  });

  test('shows what comes from outside as text', () => {
    show(stage, { ...ringing, calls: [fakeCall({ callerName: '<img src=x onerror=alert(1)>' })] });
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
    expect(document.querySelector('img')).toBeNull();
  });
});

describe('the customer\'s page', () => {
  const paged: Partial<Me> = { ...ringing, calls: [fakeCall({ screenPop: { url: 'https://crm.example.org/42', window: 'tab' } })] };

  test('that the browser keeps back is said, with its link, until it is opened', async () => {
    const open = vi.fn<() => unknown>(() => null);
    vi.stubGlobal('open', open);
    const { post, user } = show(column);
    act(() => post.line.me.set({ ...post.line.me.get(), ...paged }));
    act(() => post.pop.look(post.line.me.get()));
    expect(await screen.findByText(fr.pop.blocked)).toBeVisible();
    const link = screen.getByRole('link', { name: 'Ouvrir la page' });
    expect(link).toHaveAttribute('href', 'https://crm.example.org/42');
    expect(link).toHaveAttribute('target', '_blank');
    expect(link).toHaveAttribute('rel', expect.stringContaining('noopener'));
    open.mockReturnValue({ location: { replace: vi.fn() } });
    // The key answers, and opens the page as a click would.
    await user.keyboard('a');
    expect(sent).toEqual([{ path: '/me/calls/c1/answer', body: null }]);
    expect(screen.queryByRole('link', { name: 'Ouvrir la page' })).toBeNull();
  });
});

describe('what keeps calls away', () => {
  test('is said once, and what counts beside it is not', async () => {
    const { become } = show(column, { logoutAt: at(65) });
    expect(screen.queryByText(fr.notice.logout)).toBeNull();
    become({ logoutAt: at(55) });
    const said = await screen.findByText(fr.notice.logout);
    expect(said).toHaveAttribute('role', 'status');
    expect(screen.getByText(/^0:5\d$/).closest('[role="status"], [role="alert"], [aria-live]')).toBeNull();
  });

  test('is what the sign of the phone says', () => {
    const { become } = show(<Indicator />);
    const sign = screen.getByRole('img');
    expect(sign).toHaveAccessibleName(expect.stringContaining('joignable'));
    become({ groups: [] });
    expect(sign).toHaveAccessibleName(fr.groups.none);
  });

  test('what was written and could not be saved is there to be copied', async () => {
    const { post, user } = show(column);
    act(() => post.unsaved.set({ tags: ['devis'], note: 'Rappeler demain' }));
    expect(await screen.findByText('#devis Rappeler demain')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Fermer' }));
    expect(screen.queryByText('#devis Rappeler demain')).toBeNull();
  });
});

describe('a call in progress', () => {
  test('is ended by the key pressed twice, not once', async () => {
    const { user } = show(stage, talking);
    await user.keyboard('e');
    expect(sent).toEqual([]);
    expect(screen.getByRole('button', { name: 'Encore E' })).toBeVisible();
    await user.keyboard('e');
    expect(sent).toEqual([{ path: '/me/calls/c1/hangup', body: null }]);
  });

  test('is muted, held and resumed, as the server says it stands', async () => {
    const { become, user } = show(stage, talking);
    await user.keyboard('m');
    expect(sent.at(-1)).toEqual({ path: '/me/calls/c1/mute', body: { on: true } });
    expect(screen.getByRole('button', { name: 'Couper le micro' })).toHaveAttribute('aria-pressed', 'false');
    become({ calls: [{ ...spoken, muted: true }] });
    expect(screen.getByRole('button', { name: 'Micro coupé' })).toHaveAttribute('aria-pressed', 'true');
    become({ activity: 'held', calls: [{ ...spoken, state: 'held' }] });
    await user.click(screen.getByRole('button', { name: 'Reprendre' }));
    expect(sent.at(-1)?.path).toBe('/me/calls/c1/resume');
  });

  test('sends the digits of the keypad in their order', async () => {
    const { user } = show(stage, talking);
    await user.click(screen.getByRole('button', { name: 'Clavier' }));
    const hash = await screen.findByRole('button', { name: '#' });
    await user.keyboard('12');
    await user.click(hash);
    await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ digits: '1' }, { digits: '2' }, { digits: '#' }]));
  });

  test('shows a pause that waits for its end, and takes it back', async () => {
    const { user } = show(stage, { ...talking, pending: { presence: 'paused', pauseType: 'p1' } });
    expect(screen.getByText('Pause « Déjeuner » après cet appel')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Annuler' }));
    expect(sent).toEqual([{ path: '/me/presence', body: { presence: 'available' } }]);
  });

  test('to a number that is hidden from him does not pass for one that is withheld', () => {
    show(stage, { ...talking, calls: [{ ...spoken, direction: 'out', called: null, callerName: null, numberHidden: true }] });
    expect(screen.getByText('Numéro non affiché')).toBeVisible();
  });

  test('says whose phone rings', () => {
    const dialing = { ...spoken, direction: 'out', state: 'dialing', ringsMine: true } as const;
    const { become } = show(stage, { activity: 'dialing', calls: [dialing] });
    expect(screen.getByText('Votre poste sonne : décrochez.')).toBeVisible();
    become({ calls: [{ ...dialing, ringsMine: false }] });
    expect(screen.getByText('Ça sonne chez votre correspondant…')).toBeVisible();
  });

  test('says REC while it is recorded', () => {
    show(stage, { ...talking, calls: [{ ...spoken, recording: 'running' }] });
    expect(screen.getByText('Conversation enregistrée')).toBeInTheDocument();
  });
});

describe('wrap-up', () => {
  const wrapUp: Partial<Me> = { activity: 'wrap_up', wrapUpUntil: at(30), calls: [fakeCall({ state: 'wrap_up', answeredAt: at(-50), endedAt: at(-1) })] };

  test('saves the note before it is finished', async () => {
    const { user } = show(stage, wrapUp);
    await user.type(await screen.findByRole('textbox', { name: 'Note' }), 'Rappeler');
    await user.click(screen.getByRole('button', { name: 'Terminer' }));
    await waitFor(() => expect(sent).toEqual([
      { path: '/me/calls/c1/note', body: { text: 'Rappeler' } },
      { path: '/me/wrap-up', body: { action: 'finish' } },
    ]));
  });

  test('is extended while it has an end', async () => {
    const { become, user } = show(stage, wrapUp);
    await user.click(screen.getByRole('button', { name: fr.wrapUp.extend120 }));
    expect(sent).toEqual([{ path: '/me/wrap-up', body: { action: 'extend', seconds: 120 } }]);
    become({ wrapUpUntil: null });
    expect(screen.queryByRole('button', { name: fr.wrapUp.extend120 })).toBeNull();
  });

  test('keeps each tag as it is added, those of the last calls by a click', async () => {
    history = [fakeLine({ tags: ['facture'] })];
    const { user } = show(stage, wrapUp);
    await user.click(await screen.findByRole('button', { name: '+ facture' }));
    await user.type(await screen.findByRole('textbox', { name: 'Étiquettes' }), 'devis{Enter}');
    await waitFor(() => expect(sent.at(-1)).toEqual({ path: '/me/calls/c1/tags', body: { tags: ['facture', 'devis'] } }));
    await user.click(screen.getByRole('button', { name: fr.tags.remove.replace('{{tag}}', 'facture') }));
    await waitFor(() => expect(sent.at(-1)?.body).toEqual({ tags: ['devis'] }));
  });
});

describe('the dial box', () => {
  test('dials what is typed, for the group that is chosen', async () => {
    const { user } = show(column);
    await user.keyboard('d');
    await user.selectOptions(screen.getByRole('combobox', { name: fr.dial.group }), 'Service client');
    await user.type(screen.getByRole('textbox', { name: 'Numéro à appeler' }), '01 45 67 89 10{Enter}');
    expect(sent).toEqual([{ path: '/me/calls', body: { number: '0145678910', group: 'g1' } }]);
  });

  test('says beside the field what is refused', async () => {
    const { user } = show(column);
    const field = screen.getByRole('textbox', { name: 'Numéro à appeler' });
    await user.type(field, 'Paul{Enter}');
    expect(screen.getByText("Ce numéro n'est pas valable.")).toBeVisible();
    refusal = Response.json({ type: 'about:blank', title: 'Conflict', status: 409, code: 'phone_unreachable' }, { status: 409 });
    await user.clear(field);
    await user.type(field, '0145678910{Enter}');
    expect(await screen.findByText("Votre poste n'est pas joignable.")).toBeVisible();
  });

  test('is only for emergencies without the right to call', async () => {
    const { user } = show(column, { rights: { outgoing: false, phoneChange: false } });
    expect(screen.queryByRole('textbox', { name: 'Numéro à appeler' })).toBeNull();
    await user.click(screen.getByRole('button', { name: "Appel d'urgence" }));
    await user.type(screen.getByRole('textbox', { name: "Appel d'urgence" }), '15{Enter}');
    expect(sent).toEqual([{ path: '/me/calls', body: { number: '15', group: null } }]);
  });
});

test('the phone of the last session is proposed, and one that serves a colleague cannot be chosen', async () => {
  const phones = [{ id: 'a1', label: 'Accueil', number: '201', inUse: false }, { id: 'a2', label: 'Fenêtre', number: null, inUse: true }];
  history = phones as unknown as HistoryCall[]; // what every list answers here
  const done = vi.fn();
  const { user } = show(<PhoneForm done={done} />, {
    phone: { kind: null, number: null, account: null, fallback: null, state: 'missing', browser: null }, phoneOffered: { kind: 'centrex', number: null, fallback: null, account: 'a1' },
  });
  expect(await screen.findByRole('combobox', { name: 'Poste Centrex' })).toHaveDisplayValue('Accueil · 201');
  expect(screen.getByRole('option', { name: fr.phone.busy.replace('{{phone}}', 'Fenêtre') })).toBeDisabled();
  await user.click(screen.getByRole('button', { name: 'Utiliser ce poste' }));
  expect(sent).toEqual([{ path: '/me/phone', body: { kind: 'centrex', account: 'a1' } }]);
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
});

describe('the last calls', () => {
  test('are called back by the call, also with a hidden number', async () => {
    const hidden = fakeLine({ id: 'h7', mine: 'missed', callerName: 'Marc', answeredAt: null });
    delete hidden.caller;
    history = [hidden, fakeLine({ id: 'h8', caller: null })];
    const { user } = show(column);
    const buttons = await screen.findAllByRole('button', { name: /^Rappeler/ });
    expect(buttons).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Rappeler Marc' }));
    expect(sent).toEqual([{ path: '/me/calls', body: { callId: 'h7', group: 'g1' } }]);
  });

  test('cannot be called back without the right', async () => {
    history = [fakeLine()];
    show(column, { rights: { outgoing: false, phoneChange: false } });
    expect(await screen.findByText('+33 6 12 34 56 78')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Rappeler/ })).toBeNull();
  });
});

describe('the groups', () => {
  test('show who waits, unless his record says not to', () => {
    const { become } = show(column);
    const groups = screen.getByRole('region', { name: 'Groupes' });
    expect(within(groups).getByRole('columnheader', { name: 'En attente' })).toBeVisible();
    become({ groups: [{ id: 'g1', name: 'Service client', colour: '#2f7bd0', present: 3, mayStopRecording: false }] });
    expect(within(groups).queryByRole('columnheader', { name: 'En attente' })).toBeNull();
    expect(within(groups).getByRole('cell', { name: '3' })).toBeVisible();
  });
});

describe('while the line is away', () => {
  test('nothing can be pressed, and the call is said to go on', async () => {
    const { post, user } = show(column, talking);
    act(() => post.line.line.set({ state: 'lost', at: now }));
    expect(screen.getByText(/Connexion perdue depuis 10:00:00/)).toBeVisible();
    expect(screen.getByText(/Votre appel continue/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Raccrocher' })).toBeDisabled();
    await user.keyboard('mee');
    expect(sent).toEqual([]);
    expect(await screen.findByRole('textbox', { name: 'Note' })).toBeEnabled();
  });
});
