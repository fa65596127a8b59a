import { beforeEach, describe, expect, test } from 'vitest';

import { choose, noChoices } from './choices';
import { FakeBrowser, type FakePeer, type FakeTrack } from './fake';
import { Phone } from './phone';

let browser: FakeBrowser;
let phone: Phone;

const state = (): string => phone.state.get().state;
const peer = (): FakePeer => {
  const last = browser.peers.at(-1);
  if (!last) throw new Error('no peer');
  return last;
};

/** Starts it and lets the server answer. */
async function ready(): Promise<void> {
  await phone.start();
  phone.link(true);
  await browser.settle();
  phone.receive({ kind: 'answer', session: 's1', sdp: 'answer' });
  peer().told('connected');
  await browser.settle();
}

beforeEach(() => {
  choose(noChoices);
  browser = new FakeBrowser();
  phone = new Phone(browser, (message) => browser.sent.push(message));
});

describe('who only listens', () => {
  test('needs neither permission nor microphone, and is told what is heard', async () => {
    browser.allowed = 'denied';
    browser.here = { inputs: [], outputs: [], usual: '' };
    phone.speak(false);
    phone.attend({ call: 'c1', open: true, muted: false });
    await ready();
    expect(state()).toBe('ready');
    expect(phone.heard.get()).toBe(peer().heard);
    expect([browser.tracks.length, peer().carried, phone.microphone.trouble.get()]).toEqual([0, null, null]);
    await browser.change();
    expect(state()).toBe('ready');
    phone.stop();
    expect(phone.heard.get()).toBeNull();
  });

  test('may begin to speak, and stop: the microphone is open no longer than that', async () => {
    phone.speak(false);
    await ready();
    phone.attend({ call: 'c1', open: true, muted: false });
    await browser.settle();
    expect(browser.tracks).toHaveLength(0);
    phone.speak(true);
    await browser.settle();
    expect(peer().carried).toBe(browser.tracks[0]);
    expect(peer().carried?.enabled).toBe(true);
    phone.speak(false);
    expect(peer().carried).toBeNull();
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  test('hears on where the microphone is refused', async () => {
    phone.speak(false);
    await ready();
    phone.attend({ call: 'c1', open: true, muted: false });
    browser.broken = 'NotAllowedError';
    phone.speak(true);
    await browser.settle();
    expect([state(), phone.microphone.trouble.get()]).toEqual(['ready', 'denied']);
  });

  test('is told the names of the devices once the microphone may be used, and is not heard for that', async () => {
    browser.here = { inputs: [{ id: '', label: '' }], outputs: [], usual: '' };
    phone.speak(false);
    phone.attend({ call: 'c1', open: true, muted: false });
    await ready();
    const carried: (FakeTrack | null)[] = [];
    peer().carry = (track) => {
      carried.push(track as unknown as FakeTrack | null);
      return Promise.resolve();
    };
    browser.here = { inputs: [desk, headset], outputs: [desk], usual: 'd1' };
    await phone.name();
    expect(phone.devices.get()).toEqual(browser.here);
    expect([browser.tracks.map(({ readyState }) => readyState), carried.filter(Boolean), state()]).toEqual([['ended'], [], 'ready']);
  });
});

const desk = { id: 'd1', label: 'Desk' };
const headset = { id: 'h1', label: 'Headset' };

describe('who takes another device while he speaks', () => {
  beforeEach(async () => {
    browser.here = { inputs: [desk, headset], outputs: [desk, headset], usual: 'd1' };
    phone.attend({ call: 'c1', open: true, muted: false });
    await ready();
    await browser.settle();
  });

  test('is heard without a gap: the new microphone is open before the former is closed', async () => {
    const carried: string[] = [];
    peer().carry = (track) => {
      carried.push(`${(track as unknown as FakeTrack | null)?.device ?? 'none'}, before ${browser.tracks[0]?.readyState ?? ''}`);
      return Promise.resolve();
    };
    choose({ input: headset, output: headset });
    await browser.settle();
    expect(carried).toEqual(['h1, before live']);
    expect(browser.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'live']);
    expect([browser.sounded.at(-1), browser.peers.length]).toEqual([{ track: peer().heard, output: 'h1' }, 1]);
  });

  test('and is muted stays so', async () => {
    phone.attend({ call: 'c1', open: true, muted: true });
    choose({ input: headset });
    await browser.settle();
    expect([peer().carried?.device, peer().carried?.enabled]).toEqual(['h1', false]);
  });

  test('keeps the former where the new one does not open, and nothing is wrong once that is chosen again', async () => {
    const { microphone } = phone;
    browser.broken = 'NotReadableError';
    choose({ input: headset });
    await browser.settle();
    expect([microphone.trouble.get(), peer().carried, browser.tracks[0]?.readyState]).toEqual(['in_use', browser.tracks[0], 'live']);
    choose({ input: desk });
    await browser.settle();
    expect([microphone.trouble.get(), browser.tracks.length]).toEqual([null, 1]);
  });

  test('for a moment only stays with what he had', async () => {
    const open = browser.microphone.bind(browser);
    let arrives = (): void => undefined;
    browser.microphone = async (wanted) => {
      await new Promise<void>((resolve) => {
        arrives = resolve;
      });
      return open(wanted);
    };
    choose({ input: headset });
    await browser.settle();
    choose({ input: desk });
    await browser.settle();
    arrives();
    await browser.settle();
    expect(browser.tracks.map(({ device, readyState }) => [device, readyState])).toEqual([[null, 'live'], ['h1', 'ended']]);
    expect(peer().carried).toBe(browser.tracks[0]);
  });
});
