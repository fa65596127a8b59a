import { beforeEach, describe, expect, test } from 'vitest';

import { choices, choose, noChoices } from './choices';
import { FakeBrowser, type FakePeer } from './fake';
import { Phone } from './phone';

let browser: FakeBrowser;
let phone: Phone;

const state = (): string => {
  const now = phone.state.get();
  return now.state === 'failed' ? now.trouble : now.state;
};
const peer = (): FakePeer => {
  const last = browser.peers.at(-1);
  if (!last) throw new Error('no peer');
  return last;
};
const session = (): string => `s${browser.peers.length}`;
const sent = (kind: string) => browser.sent.filter((message) => message.kind === kind);

/** Starts it and lets the server answer. */
async function ready(): Promise<void> {
  await phone.start();
  phone.link(true);
  await connect();
}

async function connect(): Promise<void> {
  await browser.settle();
  phone.receive({ kind: 'answer', session: session(), sdp: 'answer' });
  peer().told('connected');
  await browser.settle();
}

/** Lets time pass with the pings of the server. */
async function pinged(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n++) {
    phone.receive({ kind: 'ping', session: session(), n });
    await browser.pass(1000);
  }
}

beforeEach(() => {
  choose(noChoices);
  browser = new FakeBrowser();
  phone = new Phone(browser, (message) => browser.sent.push(message));
});

describe('becoming a phone', () => {
  test('it offers itself once the permission and the line are there, and is ready when it is connected', async () => {
    await phone.start();
    expect(state()).toBe('connecting');
    expect(browser.peers).toHaveLength(0);
    phone.link(true);
    await browser.settle();
    expect(browser.sent).toEqual([{ kind: 'offer', session: 's1', sdp: 'offer' }]);
    expect(state()).toBe('connecting');
    phone.receive({ kind: 'answer', session: 's1', sdp: 'answer' });
    expect(peer().accepted).toBe('answer');
    peer().told('connected');
    expect(state()).toBe('ready');
  });

  test('idle it uses no microphone', async () => {
    await ready();
    await pinged(5);
    expect(browser.tracks).toHaveLength(0);
    expect(peer().carried).toBeNull();
  });

  test.each(['insecure', 'unsupported'] as const)('a page that is %s says so', async (obstacle) => {
    browser.obstacle = obstacle;
    await phone.start();
    phone.link(true);
    expect(state()).toBe(obstacle);
    expect(await phone.ask()).toBe(false);
    expect(browser.sent).toEqual([]);
  });

  test('without the permission it waits for a click, which asks for it', async () => {
    browser.allowed = 'prompt';
    await phone.start();
    phone.link(true);
    expect(state()).toBe('permission');
    const asked = phone.ask();
    expect(state()).toBe('asking');
    browser.allowed = 'granted';
    expect(await asked).toBe(true);
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
    await connect();
    expect(state()).toBe('ready');
  });

  test('where the browser would ask for every call, the microphone stays open and says nothing', async () => {
    browser.allowed = 'prompt';
    await phone.start();
    phone.link(true);
    await phone.ask();
    await connect();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['live']);
    expect(peer().carried).toBeNull();
    phone.stop();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  test.each([['NotAllowedError', 'denied'], ['NotFoundError', 'no_device'], ['NotReadableError', 'in_use'], ['TypeError', 'failed']])(
    'a microphone that answers %s is %s, until another click', async (name, trouble) => {
      browser.allowed = 'prompt';
      browser.broken = name;
      await phone.start();
      phone.link(true);
      expect(await phone.ask()).toBe(false);
      expect(state()).toBe(trouble);
      browser.broken = null;
      expect(await phone.ask()).toBe(true);
      await connect();
      expect(state()).toBe('ready');
    });

  test('a permission that is given in the settings of the browser is enough', async () => {
    browser.allowed = 'denied';
    await phone.start();
    phone.link(true);
    expect(state()).toBe('denied');
    browser.allowed = 'granted';
    await browser.change();
    await connect();
    expect(state()).toBe('ready');
  });

  test('without a microphone it is no phone until one is plugged in', async () => {
    const { here } = browser;
    browser.here = { ...here, inputs: [] };
    await phone.start();
    phone.link(true);
    expect(state()).toBe('no_device');
    await browser.change(here);
    await connect();
    expect(state()).toBe('ready');
    await browser.change({ ...here, inputs: [] });
    expect(state()).toBe('no_device');
    expect(sent('close')).toEqual([{ kind: 'close', session: 's1' }]);
  });
});

describe('staying one', () => {
  test('answers each ping at once, and no other session\'s', async () => {
    await ready();
    phone.receive({ kind: 'ping', session: 's1', n: 7 });
    expect(sent('pong')).toEqual([{ kind: 'pong', session: 's1', n: 7 }]);
    phone.receive({ kind: 'ping', session: 'other', n: 8 });
    expect(sent('pong')).toHaveLength(1);
  });

  test('without a ping for five seconds it is lost, and offers itself anew', async () => {
    await ready();
    await pinged(3);
    await browser.pass(3000);
    expect(state()).toBe('ready');
    await browser.pass(3000);
    expect(state()).toBe('lost');
    expect(browser.peers[0]?.closed).toBe(true);
    expect(browser.peers).toHaveLength(2);
    await connect();
    expect(state()).toBe('ready');
  });

  test('a broken connection is made anew at once, then with patience', async () => {
    await ready();
    peer().told('lost');
    await browser.settle();
    expect(state()).toBe('lost');
    expect(browser.peers).toHaveLength(2);
    peer().told('lost');
    await browser.settle();
    expect(browser.peers).toHaveLength(2);
    await browser.pass(500);
    expect(browser.peers).toHaveLength(3);
    await connect();
    expect(state()).toBe('ready');
    peer().told('lost');
    expect(browser.peers).toHaveLength(4);
  });

  test('an answer that does not come is asked for again', async () => {
    await phone.start();
    phone.link(true);
    await browser.pass(7000);
    expect(browser.peers.map(({ closed }) => closed)).toEqual([true, false]);
    expect(sent('offer').map(({ session: id }) => id)).toEqual(['s1', 's2']);
  });

  test('the answer to a former offer changes nothing', async () => {
    await phone.start();
    phone.link(true);
    await browser.pass(7000);
    phone.receive({ kind: 'answer', session: 's1', sdp: 'late' });
    expect(browser.peers.map(({ accepted }) => accepted)).toEqual([null, null]);
  });

  test.each([
    ['the server refuses', () => phone.receive({ kind: 'refused', session: session(), code: 'codec', detail: '' })],
    ['makes no sense', () => phone.receive({ kind: 'answer', session: session(), sdp: 'nonsense' })],
  ])('what %s is said, and tried again later', async (_what, answers) => {
    await phone.start();
    phone.link(true);
    await browser.settle();
    answers();
    await browser.settle();
    expect(state()).toBe('refused');
    expect(browser.peers[0]?.closed).toBe(true);
    await browser.pass(500);
    expect(state()).toBe('refused');
    await connect();
    expect(state()).toBe('ready');
  });

  test('when the stream has gone it waits for it, and offers itself on the new one', async () => {
    await ready();
    phone.link(false);
    expect(state()).toBe('lost');
    expect(peer().closed).toBe(false);
    await browser.pass(20_000);
    expect(sent('offer')).toHaveLength(1);
    phone.link(true);
    await connect();
    expect(state()).toBe('ready');
    expect(sent('offer')).toHaveLength(2);
  });

  test('a page that has slept looks at once', async () => {
    await ready();
    await pinged(1);
    phone.wake();
    expect(state()).toBe('ready');
    const now = browser.now();
    browser.now = () => now + 60_000;
    phone.wake();
    expect(state()).toBe('lost');
  });

  test('another page takes it, and it is taken back by choice only', async () => {
    await ready();
    phone.receive({ kind: 'taken', session: 's1' });
    expect(state()).toBe('taken');
    expect(peer().closed).toBe(true);
    await browser.pass(60_000);
    await browser.change();
    phone.link(false);
    phone.link(true);
    phone.wake();
    expect(browser.peers).toHaveLength(1);
    phone.take();
    await connect();
    expect(state()).toBe('ready');
  });

  test('who leaves says so', async () => {
    await ready();
    phone.stop();
    expect(state()).toBe('idle');
    expect(peer().closed).toBe(true);
    expect(sent('close')).toEqual([{ kind: 'close', session: 's1' }]);
    await browser.pass(60_000);
    expect(browser.peers).toHaveLength(1);
  });
});

describe('a call', () => {
  const rings = { call: 'c1', open: false, muted: false };

  beforeEach(async () => {
    await ready();
    phone.attend(rings);
    await browser.settle();
  });

  test('while it rings the microphone is there and says nothing', () => {
    expect(browser.tracks).toHaveLength(1);
    expect(peer().carried).toBe(browser.tracks[0]);
    expect(peer().carried?.enabled).toBe(false);
  });

  test('the click that answers lets him be heard, before anybody has said so', () => {
    phone.answer();
    expect(peer().carried?.enabled).toBe(true);
    phone.attend({ ...rings, open: true });
    expect(peer().carried?.enabled).toBe(true);
  });

  test('an answer that is refused is taken back', () => {
    phone.answer();
    phone.answer(false);
    expect(peer().carried?.enabled).toBe(false);
  });

  test('a click for one call is none for the next', async () => {
    phone.answer();
    phone.attend({ ...rings, call: 'c2' });
    await browser.settle();
    expect(peer().carried?.enabled).toBe(false);
  });

  test('a muted microphone says nothing', () => {
    phone.attend({ ...rings, open: true, muted: true });
    expect(peer().carried?.enabled).toBe(false);
    phone.attend({ ...rings, open: true });
    expect(peer().carried?.enabled).toBe(true);
  });

  test('after it nothing is sent, and the microphone is closed', () => {
    phone.attend({ ...rings, open: true });
    phone.attend(null);
    expect(peer().carried).toBeNull();
    expect(browser.tracks[0]?.readyState).toBe('ended');
  });

  test('goes on in a new session with the same microphone', async () => {
    phone.attend({ ...rings, open: true });
    peer().told('lost');
    await connect();
    expect(browser.peers).toHaveLength(2);
    expect(peer().carried).toBe(browser.tracks[0]);
    expect(peer().carried?.enabled).toBe(true);
  });

  test('another microphone takes over, and says as much as the first did', async () => {
    phone.attend({ ...rings, open: true, muted: true });
    const other = { id: 'd2', label: 'Desk' };
    await browser.change({ ...browser.here, inputs: [...browser.here.inputs, other] });
    expect(browser.tracks).toHaveLength(1);
    choose({ input: other });
    await browser.settle();
    expect(browser.tracks.map(({ device, readyState }) => [device, readyState])).toEqual([[null, 'ended'], ['d2', 'live']]);
    expect(peer().carried).toBe(browser.tracks[1]);
    expect(peer().carried?.enabled).toBe(false);
  });

  test('a headset that is pulled out is replaced by what is left', async () => {
    phone.attend({ ...rings, open: true });
    browser.tracks[0]?.end();
    await browser.settle();
    expect(peer().carried).toBe(browser.tracks[1]);
    expect(peer().carried?.enabled).toBe(true);
  });

  test('with nothing left it is said, and he hears on; what is plugged in then is used', async () => {
    phone.attend({ ...rings, open: true });
    const { here } = browser;
    browser.broken = 'NotFoundError';
    browser.tracks[0]?.end();
    await browser.change({ ...here, inputs: [] });
    expect(phone.microphone.trouble.get()).toBe('no_device');
    expect(state()).toBe('ready');
    browser.broken = null;
    await browser.change(here);
    expect(phone.microphone.trouble.get()).toBeNull();
    expect(peer().carried?.readyState).toBe('live');
  });

  test('a microphone that is taken by another program is tried again by a click, and ends nothing', async () => {
    browser.broken = 'NotReadableError';
    phone.attend(null);
    phone.attend({ ...rings, call: 'c2', open: true });
    await browser.settle();
    expect(phone.microphone.trouble.get()).toBe('in_use');
    expect(await phone.ask()).toBe(false);
    expect(state()).toBe('ready');
    browser.broken = null;
    expect(await phone.ask()).toBe(true);
    expect(phone.microphone.trouble.get()).toBeNull();
    expect(peer().carried?.enabled).toBe(true);
  });

  test('is heard on the device that was chosen, also by its name alone', async () => {
    choose({ output: { id: 'of another profile', label: 'Headset' } });
    await browser.settle();
    expect(browser.sounded.at(-1)).toEqual({ track: peer().heard, output: 'h1' });
    browser.maySound = false;
    await phone.unblock();
    expect(phone.blocked.get()).toBe(true);
    browser.maySound = true;
    phone.answer();
    await browser.settle();
    expect(phone.blocked.get()).toBe(false);
  });

  test('is measured every two seconds, between its beginning and its end', async () => {
    expect(phone.quality.get()).toBeNull();
    phone.attend({ ...rings, open: true });
    peer().report = [
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 100, packetsLost: 0, jitter: 0.004 },
      { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0, jitter: 0.002, roundTripTime: 0.03 },
    ];
    await pinged(2);
    expect(phone.quality.get()).toEqual({ lossPercent: 0, jitterMs: 4, roundTripMs: 30, grade: 'good' });
    peer().report = [{ type: 'inbound-rtp', kind: 'audio', packetsReceived: 190, packetsLost: 10, jitter: 0.004 }];
    await pinged(2);
    expect(phone.quality.get()).toMatchObject({ lossPercent: 10, grade: 'poor' });
    expect(sent('quality')).toEqual([
      { kind: 'quality', session: 's1', call: 'c1', lossPercent: 0, jitterMs: 4, roundTripMs: 30 },
      { kind: 'quality', session: 's1', call: 'c1', lossPercent: 10, jitterMs: 4, roundTripMs: 0 },
    ]);
    phone.attend(null);
    await pinged(5);
    expect(sent('quality')).toHaveLength(2);
    expect(phone.quality.get()).toBeNull();
  });
});

test('a call that is there after a reload waits for the click that gives the microphone', async () => {
  browser.allowed = 'prompt';
  phone.attend({ call: 'c1', open: true, muted: false });
  await phone.start();
  phone.link(true);
  await browser.settle();
  expect(state()).toBe('permission');
  expect(browser.tracks).toHaveLength(0);
  browser.allowed = 'granted';
  await phone.ask();
  await connect();
  expect(state()).toBe('ready');
  expect(browser.tracks).toHaveLength(1);
  expect(peer().carried?.enabled).toBe(true);
});

test('a call that is there after a reload goes on by itself where the permission is kept', async () => {
  phone.attend({ call: 'c1', open: true, muted: false });
  await ready();
  expect(peer().carried).toBe(browser.tracks[0]);
  expect(peer().carried?.enabled).toBe(true);
});

test('what was chosen is kept by identifier and name', () => {
  choose({ ring: { id: 'r', label: 'Loudspeaker' } });
  expect(choices.get().ring).toEqual({ id: 'r', label: 'Loudspeaker' });
  expect(localStorage.getItem('bandeau-phone')).toContain('Loudspeaker');
});
