import { beforeEach, describe, expect, test } from 'vitest';

import { choose, noChoices } from './choices';
import { FakeBrowser, type FakePeer } from './fake';
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
});
