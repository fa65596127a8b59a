import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { answer, whenLoggedOut } from '../api/client';
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

/** No network, or no server. */
const away = (): Promise<Response> => Promise.reject(new Error('no network'));

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

// How long is waited before a try has a part that is left to chance: each test is run at both ends of it.
describe.each([0, 0.999])('with chance at %f', (chance) => {
  beforeEach(() => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
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
    await vi.advanceTimersByTimeAsync(250);
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
    vi.stubGlobal('fetch', away);
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
    await vi.advanceTimersByTimeAsync(250);
    expect(FakeSocket.made).toHaveLength(2);
    socket().open();
    expect(state()).toBe('live');
  });

  test('a session that has ended meanwhile is over: nothing is tried any more', async () => {
    socket().open();
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 401 })));
    socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
    await vi.advanceTimersByTimeAsync(30_000);
    expect([state(), FakeSocket.made.length, socket().readyState]).toEqual(['ended', 1, 3]);
  });

  /** The server asks the browser phone. */
  const asks = (): void => socket().says({ type: 'phone', phone: { kind: 'ping', session: 's', n: 1 } });

  test('a line on which a browser phone is asked each second is found dead within five seconds', async () => {
    socket().open();
    asks();
    await vi.advanceTimersByTimeAsync(2900);
    // Whatever else was said last.
    socket().says({ type: 'delta', me: {} });
    await vi.advanceTimersByTimeAsync(2900);
    expect(socket().sent).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(socket().sent).toEqual(['{"type":"ping"}']);
    // A server that only had nothing to ask is still there.
    socket().says({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(4400);
    expect([state(), FakeSocket.made.length]).toEqual(['live', 1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(state()).toBe('lost');
  });

  test('while the network is away the server is asked more than once a second, and an answer is the word to connect', async () => {
    await vi.advanceTimersByTimeAsync(100);
    socket().open();
    const asked = vi.fn(away);
    vi.stubGlobal('fetch', asked);
    socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(80);
    // Browsers let whose connections fail often wait for the next: there are few.
    expect(FakeSocket.made.length).toBeLessThanOrEqual(8);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')));
    const before = FakeSocket.made.length;
    await vi.advanceTimersByTimeAsync(750);
    // What had been begun without a network is not waited for; what was begun with it is.
    expect([FakeSocket.made.length, socket().readyState]).toEqual([before + 1, FakeSocket.CONNECTING]);
    await vi.advanceTimersByTimeAsync(400);
    expect(FakeSocket.made).toHaveLength(before + 1);
    socket().open();
    await vi.advanceTimersByTimeAsync(3000);
    expect([state(), FakeSocket.made.length]).toEqual(['live', before + 1]);
  });

  test('a connection is tried where requests are stuck', async () => {
    socket().open();
    vi.stubGlobal('fetch', () => new Promise(() => undefined));
    socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
    await vi.advanceTimersByTimeAsync(10_750);
    expect(FakeSocket.made).toHaveLength(2);
    socket().open();
    expect(state()).toBe('live');
  });

  test('an answer that comes late leaves a connection alone that was made meanwhile', async () => {
    socket().open();
    const answers: ((response: Response) => void)[] = [];
    vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => answers.push(resolve)));
    socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
    await vi.advanceTimersByTimeAsync(500);
    globalThis.dispatchEvent(new Event('online'));
    const { length } = FakeSocket.made;
    socket().readyState = FakeSocket.OPEN;
    for (const answer of answers) answer(new Response('{}'));
    await vi.advanceTimersByTimeAsync(100);
    expect([FakeSocket.made.length, socket().readyState]).toEqual([length, FakeSocket.OPEN]);
  });

  test('a server that is there and refuses is asked less and less often', async () => {
    socket().open();
    const gaps: number[] = [];
    for (let n = 0; n < 12; n++) {
      const [made, now] = [FakeSocket.made.length, Date.now()];
      socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
      while (FakeSocket.made.length === made) await vi.advanceTimersByTimeAsync(50);
      gaps.push(Date.now() - now);
    }
    expect(gaps[0]).toBeLessThanOrEqual(300);
    expect(Math.min(...gaps.slice(6))).toBeGreaterThan(5000);
  });

  test('where connecting takes long it is given the time it took before', async () => {
    await vi.advanceTimersByTimeAsync(2000);
    socket().open();
    socket().dispatchEvent(new CloseEvent('close', { code: 1006 }));
    await vi.advanceTimersByTimeAsync(8000);
    expect(FakeSocket.made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1500);
    expect(FakeSocket.made).toHaveLength(3);
  });

  test('the network is back: a line that does not answer at once is made anew', async () => {
    await vi.advanceTimersByTimeAsync(100);
    socket().open();
    globalThis.dispatchEvent(new Event('online'));
    expect(socket().sent).toEqual(['{"type":"ping"}']);
    socket().says({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(2000);
    expect([state(), FakeSocket.made.length]).toEqual(['live', 1]);
    globalThis.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1750);
    expect(FakeSocket.made).toHaveLength(2);
  });

  test('a request that is refused waits for the line to say why the session has ended', async () => {
    const loggedOut = vi.fn<() => void>();
    whenLoggedOut(loggedOut);
    const refused = (): Promise<unknown> =>
      expect(answer(Promise.resolve({ error: { status: 401, title: 'no', code: 'unauthenticated' }, response: new Response('', { status: 401 }) }))).rejects.toThrow('no');
    // No line, nobody who could say more.
    await refused();
    expect(loggedOut).toHaveBeenCalledTimes(1);
    socket().open();
    await refused();
    socket().says({ type: 'ended', reason: 'disabled' });
    await vi.advanceTimersByTimeAsync(5000);
    expect(loggedOut).toHaveBeenCalledTimes(1);
    expect(line.line.get()).toEqual({ state: 'ended', reason: 'disabled' });
  });

  test('a line that says nothing does not keep a page whose session has ended', async () => {
    const loggedOut = vi.fn<() => void>();
    whenLoggedOut(loggedOut);
    socket().open();
    await expect(answer(Promise.resolve({ error: { status: 401, title: 'no' }, response: new Response('', { status: 401 }) }))).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(1900);
    expect(loggedOut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(loggedOut).toHaveBeenCalledTimes(1);
  });
});
