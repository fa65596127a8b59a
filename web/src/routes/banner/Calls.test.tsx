import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Schema } from '../../api/client';
import type { Me } from '../../api/session';
import fr from '../../locales/fr/banner.json';
import { FakeBrowser } from '../../phone/fake';
import { Phone } from '../../phone/phone';
import { ShortcutProvider } from '../../ui/Shortcuts';
import { Notices } from './parts/Notices';
import { PhoneForm } from './parts/PhoneForm';
import { Watcher } from './parts/Watcher';
import { Stage } from './Stage';
import { at, fakeCall, fakeMe, freshBanner } from './state/fake';
import { Post, PostProvider } from './state/post';
import { changePrefs } from './state/prefs';
import { toneFor } from './state/useAutoAnswer';

vi.setConfig({ testTimeout: 30_000 });

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

const targets: Schema<'TransferTargets'> = {
  operators: [{ id: 'o2', name: 'Inès Moreau', state: 'free' }, { id: 'o3', name: 'Hugo Bernard', state: 'busy' }, { id: 'o4', name: 'Iris Petit', state: 'free' }],
  groups: [{ id: 'g2', name: 'Conseil', colour: '#e8590c', free: 0 }],
};

let sent: Sent[] = [];

await Promise.all([
  import('./cards/Qualify'), import('./cards/Keypad'), import('./cards/Side'), import('./cards/TransferPanel'), import('./parts/NoticeLine'),
]);

beforeEach(async () => {
  await freshBanner();
  sent = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    if (request.method === 'GET') return Response.json(path === '/me/transfer-targets' ? targets : { items: [], next: '' });
    const text = await request.text();
    sent.push({ path, body: text === '' ? null : (JSON.parse(text) as unknown) });
    return Response.json({});
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

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
const spoken = fakeCall({ state: 'talking', answeredAt: at(-5), ringUntil: null, answerable: false });
const side: NonNullable<Schema<'LiveCall'>['side']> = {
  kind: 'consult', state: 'talking', front: 'side', to: { type: 'operator', id: 'o2', number: null, name: 'Inès Moreau' },
};
const talking = (change: Parameters<typeof fakeCall>[0] = {}): Partial<Me> => ({ activity: 'talking', calls: [{ ...spoken, ...change }] });
const button = (name: string): HTMLElement => screen.getByRole('button', { name });
const browser: Me['phone'] = { kind: 'browser', number: null, account: null, fallback: null, state: 'unreachable', browser: 'unreachable' };

describe('a call that is passed on', () => {
  test('by key: who is free is found by the beginning of a name, and asked first', async () => {
    const { user } = show(stage, talking());
    await user.keyboard('t');
    expect(await screen.findByRole('textbox', { name: fr.side.search })).toHaveFocus();
    await screen.findByText('Hugo Bernard');
    await user.keyboard('mor');
    expect(screen.queryByText('Hugo Bernard')).toBeNull();
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/consult', body: { to: { type: 'operator', id: 'o2' } } }]));
    await waitFor(() => expect(screen.queryByRole('textbox', { name: fr.side.search })).toBeNull());
  });

  test('given away at once, to a group where nobody is free as well: it waits there', async () => {
    const { user } = show(stage, talking());
    await user.click(button(fr.card.transfer));
    expect(await screen.findByRole('button', { name: /Conseil/ })).toHaveAttribute('aria-disabled', 'true');
    await user.click(screen.getByRole('radio', { name: fr.side.give }));
    await user.click(screen.getByRole('button', { name: /Conseil/ }));
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/transfer', body: { to: { type: 'group', id: 'g2' } } }]));
  });

  test('to a number, as it is written', async () => {
    const { user } = show(stage, talking());
    await user.click(button(fr.card.transfer));
    await user.type(await screen.findByRole('textbox', { name: fr.side.search }), '06 12 34 56 00');
    await user.click(screen.getByRole('button', { name: new RegExp(fr.side.number) }));
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/consult', body: { to: { type: 'number', number: '0612345600' } } }]));
  });

  test('Enter in the field is for the only one who can be asked, and for nobody while there are two', async () => {
    const { user } = show(stage, talking());
    await user.keyboard('t');
    await screen.findByText('Hugo Bernard');
    await user.keyboard('{Enter}i{Enter}{Backspace}hug{Enter}{Backspace}{Backspace}{Backspace}con{Enter}');
    expect(sent).toEqual([]);
    await user.keyboard('{Backspace}{Backspace}{Backspace}ines{Enter}');
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/consult', body: { to: { type: 'operator', id: 'o2' } } }]));
    await waitFor(() => expect(screen.queryByRole('textbox', { name: fr.side.search })).toBeNull());
  });

  test('Enter gives the call to the group that is left, though nobody is free there', async () => {
    const { user } = show(stage, talking());
    await user.keyboard('t');
    await screen.findByText('Hugo Bernard');
    await user.click(screen.getByRole('radio', { name: fr.side.give }));
    await user.type(screen.getByRole('textbox', { name: fr.side.search }), 'con{Enter}');
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/transfer', body: { to: { type: 'group', id: 'g2' } } }]));
  });

  test('Enter calls the number that is written', async () => {
    const { user } = show(stage, talking());
    await user.keyboard('t');
    await user.type(await screen.findByRole('textbox', { name: fr.side.search }), '0612345600{Enter}');
    await waitFor(() => expect(sent).toEqual([{ path: '/me/calls/c1/consult', body: { to: { type: 'number', number: '0612345600' } } }]));
  });

  test('who is busy is not asked', async () => {
    const { user } = show(stage, talking());
    await user.click(button(fr.card.transfer));
    await user.click(await screen.findByRole('button', { name: /Hugo/ }));
    expect(sent).toEqual([]);
  });

  test('Escape closes the panel and gives the focus back', async () => {
    const { user } = show(stage, talking());
    await user.click(button(fr.card.transfer));
    await screen.findByRole('textbox', { name: fr.side.search });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(button(fr.card.transfer)).toHaveFocus());
  });
});

describe('a second party', () => {
  test('who talks and who waits is said, and each of the four ways out is one press', async () => {
    const { user } = show(stage, talking({ state: 'held', side }));
    const items = (await screen.findAllByRole('listitem')).map((item) => item.textContent);
    expect(items).toEqual([`Claire Martin${fr.side.waits}`, `Inès Moreau${fr.side.talking}`]);
    for (const name of [fr.side.swap, fr.side.join, fr.side.complete, fr.side.drop]) await user.click(button(name));
    expect(sent.map(({ path }) => path)).toEqual(['swap', 'conference', 'complete', 'cancel'].map((action) => `/me/calls/c1/${action}`));
    expect(screen.queryByRole('button', { name: fr.card.hold })).toBeNull();
    expect(screen.queryByRole('button', { name: fr.card.hangUp })).toBeNull();
  });

  test('digits can be sent while one of them waits, and not before the other has answered', async () => {
    const { become, user } = show(stage, talking({ state: 'held', side: { ...side, state: 'ringing' } }));
    expect(screen.queryByRole('button', { name: fr.card.keypad })).toBeNull();
    become(talking({ state: 'held', side }));
    await user.click(button(fr.card.keypad));
    await user.keyboard('4');
    await user.click(button('#'));
    await waitFor(() => expect(sent).toEqual(['4', '#'].map((digits) => ({ path: '/me/calls/c1/dtmf', body: { digits } }))));
  });

  test('a transfer that rings can be taken back, or left to itself', async () => {
    const { user } = show(stage, talking({ state: 'held', side: { ...side, kind: 'transfer', state: 'ringing', front: 'call' } }));
    expect(screen.getByText(fr.side.ringing)).toBeVisible();
    expect(button(fr.card.hangUp)).toBeVisible();
    await user.click(button(fr.side.takeBack));
    expect(sent).toEqual([{ path: '/me/calls/c1/cancel', body: null }]);
  });

  test('in a conference all are in front', () => {
    show(stage, talking({ side: { ...side, kind: 'conference' } }));
    expect(screen.getByText(fr.side.conference)).toBeVisible();
    expect(screen.getAllByText(fr.side.together)).toHaveLength(2);
  });

  test('who is asked knows by whom, and passes nothing on', () => {
    show(stage, talking({ part: 'consulted', operator: { id: 'o9', name: 'Paul Durand' } }));
    expect(screen.getByText(fr.card.consulted.replace('{{who}}', 'Paul Durand'))).toBeVisible();
    expect(screen.queryByRole('button', { name: fr.card.transfer })).toBeNull();
    expect(button(fr.card.hangUp)).toBeVisible();
  });

  test('a transfer that has come back says so while it rings', () => {
    show(stage, { activity: 'ringing', calls: [fakeCall({ side: { ...side, kind: 'return' } })] });
    expect(screen.getByText(fr.side.returned.replaceAll('\u00a0', ' '))).toBeVisible();
  });
});

test('a recording is paused and goes on where the group allows, and REC says which', async () => {
  const { become, user } = show(stage, talking({ recording: 'running' }));
  expect(screen.queryByRole('button', { name: fr.card.pauseRecording })).toBeNull();
  become(talking({ recording: 'running', mayStopRecording: true }));
  await user.click(button(fr.card.pauseRecording));
  become(talking({ recording: 'running', mayStopRecording: true, recordingPaused: true }));
  expect(screen.getByText(fr.card.recordingPaused)).toBeInTheDocument();
  await user.click(button(fr.card.resumeRecording));
  expect(sent).toEqual([{ path: '/me/calls/c1/record', body: { on: false } }, { path: '/me/calls/c1/record', body: { on: true } }]);
});

test('a recording is kept where the group allows, in the call and after it', async () => {
  const { become, user } = show(stage, talking({ recording: 'running' }));
  await screen.findByRole('textbox', { name: fr.note.label });
  expect(screen.queryByRole('switch')).toBeNull();
  become(talking({ recording: 'running', mayKeepRecording: true }));
  await user.click(screen.getByRole('switch', { name: fr.card.keepRecording }));
  become({ activity: 'wrap_up', calls: [{ ...spoken, state: 'wrap_up', recording: 'ready', mayKeepRecording: true, recordingKept: true }] });
  await user.click(screen.getByRole('switch', { name: fr.card.keepRecording, checked: true }));
  expect(sent).toEqual([{ path: '/me/calls/c1/record', body: { keep: true } }, { path: '/me/calls/c1/record', body: { keep: false } }]);
});

test('who listens is said', () => {
  show(stage, talking({ observers: [{ mode: 'listen', name: 'Claire Dubois' }] }));
  expect(screen.getByText(fr.observer.listen.replace('{{who}}', 'Claire Dubois'))).toBeVisible();
});

describe('a page that is a phone', () => {
  /** The page, once it is a phone in a browser that does as it is told. */
  async function phone(post: Post, change: (browser: FakeBrowser) => void = () => undefined) {
    const fake = new FakeBrowser();
    change(fake);
    const made = new Phone(fake, (message) => fake.sent.push(message));
    await act(async () => {
      post.phone.set(made);
      made.link(true);
      await made.start();
      await fake.settle();
    });
    return { made, fake };
  }

  const notices = <Notices changePhone={() => undefined} />;

  test.each(['denied', 'no_device', 'insecure'] as const)('says what keeps it from being one: %s', async (trouble) => {
    const { post } = show(notices, { phone: browser });
    await phone(post, (fake) => {
      if (trouble === 'denied') fake.allowed = 'denied';
      if (trouble === 'no_device') fake.here = { ...fake.here, inputs: [] };
      if (trouble === 'insecure') fake.obstacle = 'insecure';
    });
    expect(await screen.findByText(fr.mic.trouble[trouble].title)).toBeVisible();
    expect(screen.queryByText(fr.notice.phone.unreachable)).toBeNull();
  });

  test('a click gives it the microphone; in a call it is the click that resumes', async () => {
    const { post, user } = show(<>{stage}{notices}</>, { ...talking({ lostUntil: at(15) }), phone: browser });
    const { made, fake } = await phone(post, (other) => {
      other.allowed = 'prompt';
    });
    expect(await screen.findByText(fr.mic.music)).toBeVisible();
    expect(screen.getByText(fr.lostCall.title)).toBeVisible();
    fake.allowed = 'granted';
    await user.click(screen.getAllByRole('button', { name: fr.mic.resume })[0] as HTMLElement);
    await waitFor(() => expect(made.state.get().state).toBe('connecting'));
  });

  test('where another number is rung meanwhile, that is said', async () => {
    const { post } = show(notices, { phone: { ...browser, fallback: '+33612345678', state: 'reachable' } });
    await phone(post, (fake) => {
      fake.allowed = 'prompt';
    });
    expect(await screen.findByText(fr.mic.fallback.replace('{{number}}', '+33 6 12 34 56 78'))).toBeVisible();
    expect(screen.queryByText(fr.mic.trouble.permission.text)).toBeNull();
  });

  test('is said to be away where only its number can be rung, whatever the page believes', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const rung: Me['phone'] = { ...browser, fallback: '+33612345678', state: 'reachable' };
    const { become, post } = show(notices, { phone: rung });
    const { fake } = await phone(post);
    await act(async () => {
      fake.peers[0]?.told('connected');
      await fake.settle();
    });
    await act(() => vi.advanceTimersByTimeAsync(3000));
    expect(screen.getByText(fr.mic.trouble.lost.title)).toBeVisible();
    expect(screen.getByText(fr.mic.fallback.replace('{{number}}', '+33 6 12 34 56 78'))).toBeVisible();
    become({ phone: { ...rung, browser: 'reachable' } });
    expect(screen.queryByText(fr.mic.trouble.lost.title)).toBeNull();
  });

  test('the answer lets him be heard before the server has said anything', async () => {
    const { post, user } = show(stage, { phone: { ...browser, state: 'reachable' }, activity: 'ringing', calls: [fakeCall()] });
    const { made, fake } = await phone(post);
    await act(async () => {
      made.attend({ call: 'c1', open: false, muted: false });
      await fake.settle();
    });
    expect(fake.tracks[0]?.enabled).toBe(false);
    let enabledBefore: boolean | undefined;
    const send = globalThis.fetch;
    vi.stubGlobal('fetch', (request: Request) => {
      enabledBefore ??= fake.tracks[0]?.enabled;
      return send(request);
    });
    await user.click(button(fr.card.answer));
    expect(sent).toEqual([{ path: '/me/calls/c1/answer', body: null }]);
    expect(enabledBefore).toBe(true);
  });

  test('answers by itself after a tone, where that was chosen, and not while another phone is his', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    changePrefs({ autoAnswer: true });
    const { become } = show(<Watcher />, { phone: { ...browser, state: 'reachable' } });
    become({ activity: 'ringing', calls: [fakeCall()] });
    await act(() => vi.advanceTimersByTimeAsync(toneFor - 50));
    expect(sent).toEqual([]);
    await act(() => vi.advanceTimersByTimeAsync(100));
    expect(sent).toEqual([{ path: '/me/calls/c1/answer', body: null }]);
    become({ activity: 'idle', calls: [], phone: { ...browser, kind: 'centrex', account: 'a1', state: 'reachable' } });
    become({ activity: 'ringing', calls: [fakeCall({ id: 'c2' })] });
    await act(() => vi.advanceTimersByTimeAsync(toneFor * 2));
    expect(sent).toHaveLength(1);
  });

  test('is chosen with a number that is rung while it is away', async () => {
    const { user } = show(<PhoneForm done={() => undefined} />, { phone: { ...browser, state: 'unreachable' } });
    await user.type(screen.getByRole('textbox', { name: fr.phone.fallback }), '06 12 34');
    await user.click(button(fr.phone.use));
    expect(sent).toEqual([{ path: '/me/phone', body: { kind: 'browser', fallback: '061234' } }]);
  });
});
