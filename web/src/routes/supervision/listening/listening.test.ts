import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';

import { Problem } from '../../../api/client';
import type { Call, Floor } from '../../../live/floor';
import { Value } from '../../../live/value';
import { choose, noChoices } from '../../../phone/choices';
import { FakeBrowser } from '../../../phone/fake';
import type { FromPage } from '../../../phone/wire';
import { call, floorOf, operator } from '../testing';
import type { PhoneLine } from './line';
import { Listening } from './listening';
import { endOf, mineOf, type Mode } from './mine';
import { parsePhone } from './phones';

class FakeLine implements PhoneLine {
  readonly up = new Value(false);
  onPhone: (said: unknown) => void = () => undefined;
  readonly said: FromPage[] = [];

  open(): void {
    this.up.set(true);
  }

  close(): void {
    this.up.set(false);
  }

  say(message: FromPage): void {
    this.said.push(message);
  }
}

const me = 'u1';
const browserPhone = { kind: 'browser' } as const;
const heard = (id: string, whom: string, mode: Mode, up = true): Call => call(id, {
  state: 'talking', observedBy: [{ user: me, name: 'Eva', operator: whom, mode, up }],
});

let browser: FakeBrowser;
let line: FakeLine;
let floor: Floor;
let listening: Listening;
let ends: string[];
let sent: { readonly path: string; readonly body: unknown }[];
let refuse: (string | null)[];

beforeEach(() => {
  choose(noChoices);
  browser = new FakeBrowser();
  line = new FakeLine();
  floor = floorOf(
    [operator('anna', { activity: 'talking', call: 'c1' }), operator('ben', { activity: 'talking', call: 'c2' })], [],
    [call('c1', { state: 'talking' }), call('c2', { state: 'talking' })],
  );
  listening = new Listening(browser, line);
  ends = [];
  sent = [];
  refuse = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ path: new URL(request.url).pathname.replace('/api/v1/floor/operators/', ''), body: await request.json() });
    const code = refuse.shift();
    return code ? Response.json({ status: 409, title: 'no', code }, { status: 409 }) : Response.json(operator('anna'));
  });
});

afterEach(() => vi.unstubAllGlobals());

const rest = (): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve);
});

const told = (end: string, before: { readonly operator: string }): void => void ends.push(`${end} ${before.operator}`);

/** Connects the page as the server does, as soon as it has offered itself. */
async function connect(): Promise<void> {
  await vi.waitFor(() => expect(line.said.some(({ kind }) => kind === 'offer')).toBe(true));
  line.onPhone({ kind: 'answer', session: `s${browser.peers.length}`, sdp: 'answer' });
  browser.peers.at(-1)?.told('connected');
}

async function hear(mode: Mode): Promise<void> {
  const begun = listening.begin('anna', mode, browserPhone);
  await connect();
  await begun;
  floor.calls.change([heard('c1', 'anna', mode)]);
  await rest();
}

describe('a supervisor', () => {
  test('who listens by the browser is connected first, without a microphone', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    expect(sent).toEqual([{ path: 'anna/actions', body: { action: 'listen', phone: { kind: 'browser' } } }]);
    expect(listening.mine.get()).toEqual({ call: 'c1', operator: 'anna', mode: 'listen', up: true });
    expect([listening.asked.get(), listening.here.get(), browser.tracks.length]).toEqual([null, true, 0]);
  });

  test('who speaks opens the microphone, may mute it, and closes it when he listens again', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    await listening.begin('anna', 'whisper', browserPhone);
    expect(sent.at(-1)).toEqual({ path: 'anna/actions', body: { action: 'whisper' } });
    floor.calls.change([heard('c1', 'anna', 'whisper')]);
    await rest();
    const [track] = browser.tracks;
    expect([browser.peers[0]?.carried, track?.enabled]).toEqual([track, true]);
    listening.mute(true);
    expect(track?.enabled).toBe(false);
    await listening.begin('anna', 'listen', browserPhone);
    expect([track?.readyState, browser.peers[0]?.carried, listening.muted.get()]).toEqual(['ended', null, false]);
  });

  test('who has chosen a microphone that is taken speaks by the former until it is free', async () => {
    listening.follow(floor, me, told);
    await hear('whisper');
    browser.here = { ...browser.here, inputs: [...browser.here.inputs, { id: 'd1', label: 'Desk' }] };
    browser.broken = 'NotReadableError';
    choose({ input: { id: 'd1', label: 'Desk' } });
    await rest();
    await listening.retryMicrophone();
    expect([listening.phone.microphone.trouble.get(), browser.peers[0]?.carried]).toEqual(['in_use', browser.tracks[0]]);
    browser.broken = null;
    await listening.retryMicrophone();
    expect([listening.phone.microphone.trouble.get(), browser.peers[0]?.carried?.device]).toEqual([null, 'd1']);
  });

  test('is asked for nothing twice while the first is under way', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    const first = listening.begin('anna', 'join', browserPhone);
    await listening.begin('ben', 'listen', browserPhone);
    await first;
    expect(sent.map(({ body }) => body)).toEqual([{ action: 'listen', phone: { kind: 'browser' } }, { action: 'join' }]);
  });

  test('moves to another operator on the same connection, and that is no end', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    await listening.begin('ben', 'listen', browserPhone);
    floor.calls.change([call('c1', { state: 'talking' }), heard('c2', 'ben', 'listen')]);
    await rest();
    expect([listening.mine.get()?.operator, browser.peers.length, ends]).toEqual(['ben', 1, []]);
  });

  test('waits until the server knows that the page is connected', async () => {
    listening.follow(floor, me, told);
    refuse = ['phone_unreachable', 'phone_unreachable'];
    const begun = listening.begin('anna', 'listen', browserPhone);
    await connect();
    for (let tries = 0; tries < 3; tries++) {
      await vi.waitFor(() => expect(sent).toHaveLength(tries + 1));
      await rest();
      await browser.pass(200);
    }
    await begun;
    expect(sent).toHaveLength(3);
  });

  test('who is refused is no phone any more', async () => {
    listening.follow(floor, me, told);
    refuse = ['wrong_state'];
    const begun = listening.begin('anna', 'listen', browserPhone);
    await connect();
    await expect(begun).rejects.toBeInstanceOf(Problem);
    expect([listening.asked.get(), listening.here.get(), line.up.get(), browser.peers[0]?.closed]).toEqual([null, false, false, true]);
  });

  test('whose page cannot be a phone is told, and nothing is asked of the server', async () => {
    listening.follow(floor, me, told);
    browser.obstacle = 'insecure';
    await expect(listening.begin('anna', 'listen', browserPhone)).rejects.toBeInstanceOf(Problem);
    expect(sent).toEqual([]);
  });

  test('who hears it on another phone needs none of the browser', async () => {
    listening.follow(floor, me, told);
    await listening.begin('anna', 'whisper', { kind: 'external', number: '0612345678' });
    floor.calls.change([heard('c1', 'anna', 'whisper', false)]);
    expect(sent[0]?.body).toEqual({ action: 'whisper', phone: { kind: 'external', number: '0612345678' } });
    expect([listening.mine.get()?.up, browser.peers.length, browser.tracks.length, line.said.length]).toEqual([false, 0, 0, 0]);
  });

  test('leaves: the connection is closed, and nobody tells him what he knows', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    await listening.leave();
    expect(sent.at(-1)).toEqual({ path: 'anna/actions', body: { action: 'leave' } });
    expect([browser.peers[0]?.closed, line.up.get(), line.said.at(-1)?.kind]).toEqual([true, false, 'close']);
    floor.calls.change([call('c1', { state: 'talking' })]);
    await rest();
    expect([listening.mine.get(), ends]).toEqual([null, []]);
  });

  test('is told why it ends without his doing', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    floor.calls.change([], ['c1']);
    floor.operators.change([operator('anna', { activity: 'wrap_up', call: 'c1' })]);
    await rest();
    expect(ends).toEqual(['over anna']);
    expect([listening.here.get(), line.up.get()]).toEqual([false, false]);
  });

  test('is told of an end that comes before what he asked for meanwhile', async () => {
    listening.follow(floor, me, told);
    await hear('join');
    await listening.begin('anna', 'listen', browserPhone);
    expect(listening.asked.get()).toEqual({ operator: 'anna', mode: 'listen' });
    floor.calls.change([call('c1', { state: 'talking' })]);
    await rest();
    expect([listening.asked.get(), listening.here.get(), ends]).toEqual([null, false, ['lost anna']]);
  });

  test('is not told of an end where another page of the face begins to follow', async () => {
    const stop = listening.follow(floor, me, told);
    await hear('listen');
    stop();
    const next = floorOf([]);
    next.connection.set({ state: 'connecting' });
    listening.follow(next, me, told);
    await rest();
    expect([listening.mine.get()?.call, ends]).toEqual(['c1', []]);
    next.calls.reset([heard('c1', 'anna', 'listen')]);
    next.connection.set({ state: 'live' });
    await rest();
    expect([listening.mine.get()?.call, listening.here.get(), ends]).toEqual(['c1', true, []]);
  });

  test('whose page goes leaves the call', async () => {
    listening.follow(floor, me, told);
    await hear('listen');
    globalThis.dispatchEvent(new Event('pagehide'));
    await vi.waitFor(() => expect(sent.at(-1)?.body).toEqual({ action: 'leave' }));
  });
});

test('what he hears is what the calls say of him, not of others', () => {
  const other = call('c1', { observedBy: [{ user: 'u2', name: 'Max', operator: 'anna', mode: 'join', up: true }] });
  expect(mineOf([other, call('c3')], me)).toBeNull();
  expect(mineOf([other, heard('c2', 'ben', 'whisper', false)], me)).toEqual({ call: 'c2', operator: 'ben', mode: 'whisper', up: false });
});

test('why it has ended is seen from what has become of the call and the operator', () => {
  const before = { call: 'c1', operator: 'anna', mode: 'listen', up: true } as const;
  const talking = operator('anna', { activity: 'talking', call: 'c1' });
  const going = call('c1', { state: 'talking' });
  expect(endOf(before, undefined, talking)).toBe('over');
  expect(endOf(before, call('c1', { state: 'wrap_up' }), operator('anna', { activity: 'wrap_up', call: 'c1' }))).toBe('over');
  expect(endOf(before, going, operator('anna', { activity: 'wrap_up', call: 'c1' }))).toBe('left');
  expect(endOf(before, going, operator('anna', { activity: 'talking', call: 'c9' }))).toBe('left');
  expect(endOf(before, going, undefined)).toBe('left');
  expect(endOf(before, going, talking)).toBe('lost');
});

test('a phone is kept as it was chosen, and anything else is none', () => {
  const phones = [{ kind: 'browser' }, { kind: 'centrex', account: 'a1' }, { kind: 'external', number: '0612345678' }];
  expect(phones.map((phone) => parsePhone(JSON.stringify(phone)))).toEqual(phones);
  expect([null, '{', '{}', 'null', '{"kind":"fax"}', '{"kind":"centrex"}', '{"kind":"external","number":3}'].map(parsePhone)).toEqual(Array(7).fill(null));
});
