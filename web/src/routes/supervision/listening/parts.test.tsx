import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Call, Floor } from '../../../live/floor';
import { Value } from '../../../live/value';
import { choices, choose, noChoices } from '../../../phone/choices';
import { FakeBrowser, FakeTrack } from '../../../phone/fake';
import { OperatorsPart } from '../operators/OperatorsPart';
import { call, floorOf, group, operator, show, supervisor } from '../testing';
import type { PhoneLine } from './line';
import { Listening } from './listening';
import { Listens } from './Listens';
import type { Mode } from './mine';
import { listenPhone } from './phones';
import { ListeningContext } from './useListening';

const listener = { ...supervisor, rights: { operatorDetail: true, listen: true } };
const heard = (mode: Mode, up: boolean): Call => call('c1', {
  state: 'talking', answeredAt: '2026-01-05T09:00:00.000Z', observedBy: [{ user: listener.id, name: 'Eva', operator: '1', mode, up }],
});

let floor: Floor;
let sent: unknown[];

beforeEach(() => {
  localStorage.clear();
  localStorage.setItem('bandeau-supervision-paging', 'pages');
  listenPhone.set(null);
  choose(noChoices);
  sent = [];
  floor = floorOf(
    [operator('1', { fullName: 'Anna', activity: 'talking', call: 'c1' }), operator('2', { fullName: 'Ben' })], [group('sales')],
    [call('c1', { state: 'talking' })],
  );
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'POST') {
      sent.push(await request.json());
      return Response.json(operator('1'));
    }
    if (!request.url.endsWith('/floor/phones')) return Response.json({}, { status: 404 });
    return Response.json({ items: [{ id: 'p1', label: 'Desk 1', number: '101', inUse: true }, { id: 'p2', label: 'Desk 2', number: null, inUse: false }] });
  });
});

afterEach(() => {
  // A page that goes leaves the call.
  cleanup();
  vi.unstubAllGlobals();
});

function quiet(): PhoneLine {
  return { up: new Value(false), onPhone: () => undefined, open: () => undefined, close: () => undefined, say: () => undefined };
}

function page(user = listener, listening = new Listening(new FakeBrowser(), quiet())): Promise<void> {
  return show(<ListeningContext value={listening}><OperatorsPart /><Listens user={user} /></ListeningContext>, floor, user);
}

async function open(name: string): Promise<HTMLElement> {
  await userEvent.click(screen.getByRole('button', { name }));
  return screen.findByRole('dialog', { name });
}

test('without the right nothing of it is there', async () => {
  await page(supervisor);
  const drawer = await open('Anna');
  expect(within(drawer).getByRole('button', { name: 'Pause' })).toBeVisible();
  expect(within(drawer).queryByRole('button', { name: 'Listen' })).toBeNull();
});

test('only a conversation can be heard', async () => {
  await page();
  expect(within(await open('Ben')).getByRole('button', { name: 'Listen' })).toBeDisabled();
});

test('the phone is asked for once: those of the centre that are free can be chosen', async () => {
  await page();
  await userEvent.click(within(await open('Anna')).getByRole('button', { name: 'Whisper' }));
  const asked = await screen.findByRole('dialog', { name: 'Whisper to Anna' });
  await userEvent.click(within(asked).getByRole('button', { name: 'Centrex phone' }));
  const phones = await within(asked).findByRole('combobox', { name: 'Centrex phone' });
  expect(within(phones).getByRole('option', { name: 'Desk 1 · 101 (used by an operator)' })).toBeDisabled();
  await userEvent.click(within(asked).getByRole('button', { name: 'Whisper' }));
  expect(phones).toBeInvalid();
  await userEvent.selectOptions(phones, 'Desk 2');
  await userEvent.click(within(asked).getByRole('button', { name: 'Whisper' }));
  await waitFor(() => expect(sent).toEqual([{ action: 'whisper', phone: { kind: 'centrex', account: 'p2' } }]));
  // The drawer would cover what he hears.
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(listenPhone.get()).toEqual({ kind: 'centrex', account: 'p2' });
});

test('the bar says whom he hears, who hears him, and nothing of a microphone that is not here', async () => {
  await page();
  expect(screen.queryByRole('region', { name: 'Listening' })).toBeNull();
  act(() => floor.calls.change([heard('listen', false)]));
  const bar = await screen.findByRole('region', { name: 'Listening' });
  expect(bar).toHaveTextContent('Anna');
  expect(bar).toHaveTextContent('Your phone is ringing: pick up');
  act(() => floor.calls.change([heard('listen', true)]));
  expect(bar).toHaveTextContent('Nobody hears you');
  expect(screen.getByText('You are listening to Anna.')).toBeInTheDocument();
  expect(within(bar).queryByRole('button', { name: /microphone/i })).toBeNull();
  await userEvent.click(within(bar).getByRole('button', { name: 'Join' }));
  expect(sent).toEqual([{ action: 'join' }]);
  act(() => floor.calls.change([heard('join', true)]));
  expect(bar).toHaveTextContent('Everybody hears you');
  await userEvent.click(within(bar).getByRole('button', { name: 'Stop listening' }));
  await waitFor(() => expect(sent.at(-1)).toEqual({ action: 'leave' }));
  act(() => floor.calls.change([call('c1', { state: 'talking' })]));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Listening' })).toBeNull());
});

test('who is muted is told that nobody hears him', async () => {
  const listening = new Listening(new FakeBrowser(), quiet());
  await page(listener, listening);
  listening.here.set(true);
  act(() => floor.calls.change([heard('whisper', true)]));
  const bar = await screen.findByRole('region', { name: 'Listening' });
  expect(bar).toHaveTextContent('Only the operator hears you');
  await userEvent.keyboard('m');
  expect(bar).toHaveTextContent('Nobody hears you');
  await userEvent.click(within(bar).getByRole('button', { name: 'Unmute my microphone' }));
  expect(bar).toHaveTextContent('Only the operator hears you');
  act(() => listening.phone.microphone.trouble.set('denied'));
  expect(bar).toHaveTextContent('Nobody hears you');
  expect(within(bar).getByRole('button', { name: 'Microphone off' })).toHaveAttribute('aria-disabled', 'true');
  expect(within(bar).getByRole('button', { name: 'Try again' })).toBeEnabled();
});

describe('the devices of a browser that is the phone', () => {
  const [desk, headset] = [{ id: 'd1', label: 'Desk' }, { id: 'h1', label: 'Headset' }];
  let browser: FakeBrowser;
  let listening: Listening;

  beforeEach(() => {
    browser = new FakeBrowser();
    listening = new Listening(browser, quiet());
    listening.phone.devices.set({ inputs: [desk, headset], outputs: [desk, headset], usual: 'd1' });
  });

  async function bar(mode: Mode): Promise<HTMLElement> {
    await page(listener, listening);
    listening.here.set(true);
    act(() => floor.calls.change([heard(mode, true)]));
    return screen.findByRole('region', { name: 'Listening' });
  }

  async function openMenu(mode: Mode): Promise<HTMLElement> {
    await userEvent.click(within(await bar(mode)).getByRole('button', { name: 'Microphone and headset' }));
    return screen.findByRole('dialog', { name: 'Microphone and headset' });
  }

  test('are chosen at the bar, and kept where the banner keeps them', async () => {
    const menu = await openMenu('whisper');
    const input = within(menu).getByRole('combobox', { name: 'Microphone' });
    expect(within(input).getAllByRole('option').map(({ textContent }) => textContent)).toEqual(["The system's", 'Desk', 'Headset']);
    await userEvent.selectOptions(input, 'Headset');
    await userEvent.selectOptions(within(menu).getByRole('combobox', { name: 'Headset or loudspeaker' }), 'Desk');
    expect([choices.get().input, choices.get().output]).toEqual([headset, desk]);
    expect(JSON.parse(localStorage.getItem('bandeau-phone') ?? '')).toMatchObject({ input: headset, output: desk });
    await userEvent.selectOptions(input, "The system's");
    expect(choices.get().input).toBeNull();
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(menu).not.toBeVisible());
  });

  test('are those there are, and a loudspeaker only where the browser lets choose', async () => {
    listening.phone.devices.set({ inputs: [], outputs: [], usual: '' });
    const menu = await openMenu('listen');
    expect(menu).toHaveTextContent('No microphone is plugged in.');
    expect(within(menu).queryByRole('combobox')).toBeNull();
    act(() => listening.phone.devices.set({ inputs: [{ id: 'x', label: '' }, headset], outputs: [], usual: '' }));
    expect(within(within(menu).getByRole('combobox')).getAllByRole('option').map(({ textContent }) => textContent)).toEqual(["The system's", 'Device 1', 'Headset']);
  });

  test('have no names before the microphone is allowed', async () => {
    const named = browser.here;
    browser.here = { inputs: [{ id: '', label: '' }], outputs: [{ id: '', label: '' }], usual: '' };
    listening.phone.devices.set(browser.here);
    browser.broken = 'NotAllowedError';
    const menu = await openMenu('listen');
    await userEvent.click(within(menu).getByRole('button', { name: 'Allow the microphone' }));
    expect(menu).toHaveTextContent('The browser refuses this page the microphone');
    [browser.broken, browser.here] = [null, named];
    await userEvent.click(within(menu).getByRole('button', { name: 'Allow the microphone' }));
    const input = await within(menu).findByRole('combobox', { name: 'Microphone' });
    expect(input).toHaveDisplayValue("The system's");
    // The button is gone: the keyboard goes on from here.
    expect(input).toHaveFocus();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  test('who is heard by another microphone than the chosen one is told that, and not that nobody hears him', async () => {
    const { microphone } = listening.phone;
    const region = await bar('join');
    act(() => {
      microphone.track.set(new FakeTrack('d1') as unknown as MediaStreamTrack);
      microphone.trouble.set('in_use');
    });
    expect(region).toHaveTextContent('Everybody hears you');
    expect(region).toHaveTextContent('The chosen microphone does not open: the former one is still in use.');
    expect(within(region).getByRole('button', { name: 'Mute my microphone' })).toBeEnabled();
  });
});

test('who hears a call is seen at the operator', async () => {
  await page();
  act(() => floor.calls.change([heard('whisper', true)]));
  expect(within(screen.getByRole('table')).getByRole('img', { name: 'Eva is whispering' })).toBeInTheDocument();
});
