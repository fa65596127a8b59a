import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Me } from '../api/session';
import { BannerLine } from './banner';

const me = {} as Me;

/** A WebSocket without a network: the test is the server. */
class FakeSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];

  readonly sent: string[] = [];
  readyState = FakeSocket.CONNECTING;

  constructor() {
    super();
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event('open'));
    this.says({ type: 'snapshot', me });
  }

  says(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }
}

let line: BannerLine;

const socket = (): FakeSocket => {
  const last = FakeSocket.made.at(-1);
  if (!last) throw new Error('no socket');
  return last;
};
const state = (): string => line.line.get().state;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')));
  line = new BannerLine(me);
  line.start();
});

afterEach(() => {
  line.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a hidden page whose timers come once a minute keeps its line', async () => {
  socket().open();
  line.stop();
  const every = setInterval;
  vi.spyOn(globalThis, 'setInterval').mockImplementation((run: () => void) => every(run, 60_000));
  line.start();
  socket().open();
  for (let minute = 1; minute <= 5; minute++) {
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket().sent).toHaveLength(minute);
    socket().says({ type: 'pong' });
    expect(state()).toBe('live');
  }
  expect(FakeSocket.made).toHaveLength(2);
});

test('a line that answers is kept, however quiet it is', async () => {
  socket().open();
  for (let n = 1; n <= 20; n++) {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket().sent).toHaveLength(n);
    socket().says({ type: 'pong' });
  }
  expect([state(), FakeSocket.made.length]).toEqual(['live', 1]);
});

test('two pings without an answer end the line, one does not', async () => {
  socket().open();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(socket().sent).toHaveLength(2);
  socket().says({ type: 'pong' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(state()).toBe('live');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state()).toBe('lost');
  await vi.advanceTimersByTimeAsync(3000);
  expect(FakeSocket.made).toHaveLength(2);
  socket().open();
  expect(state()).toBe('live');
});

test('the page that is shown again asks, and does not judge', async () => {
  socket().open();
  vi.setSystemTime(Date.now() + 3_600_000);
  document.dispatchEvent(new Event('visibilitychange'));
  expect([state(), socket().sent.length]).toEqual(['live', 1]);
  await vi.advanceTimersByTimeAsync(4900);
  socket().says({ type: 'pong' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(state()).toBe('live');
});

test('a connection that is never made is given up and begun anew', async () => {
  await vi.advanceTimersByTimeAsync(9900);
  expect(FakeSocket.made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(FakeSocket.made).toHaveLength(2);
  expect(FakeSocket.made[0]?.readyState).toBe(3);
  // The network is back: what was begun without it is not waited for.
  await vi.advanceTimersByTimeAsync(3000);
  globalThis.dispatchEvent(new Event('online'));
  expect(FakeSocket.made).toHaveLength(3);
  // But what was begun a moment ago is.
  globalThis.dispatchEvent(new Event('online'));
  expect(FakeSocket.made).toHaveLength(3);
  socket().open();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(state()).toBe('live');
});

test('a question about the session that hangs does not keep the line away', async () => {
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('late')));
  }));
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((time) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), time);
    return controller.signal;
  });
  socket().open();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([state(), FakeSocket.made.length]).toEqual(['lost', 1]);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(FakeSocket.made).toHaveLength(2);
});
