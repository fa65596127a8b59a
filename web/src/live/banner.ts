import { goesFirst, type Schema } from '../api/client';
import type { Me } from '../api/session';
import { ask } from './ask';
import { backoff } from './backoff';
import { learnClock, serverNow } from './clock';
import { Value } from './value';

export type EndReason = NonNullable<Schema<'StreamMessage'>['reason']>;

/** How the banner stands with the server; `at` is the server's instant of the newest data. */
export type Line =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly at: number }
  /** Null: the session has ended while nothing was heard, so nobody said why. */
  | { readonly state: 'ended'; readonly reason: EndReason | null };

const closeEnded = 4000;
const pingEvery = 10_000;
// Two pings without an answer are a dead line, whatever the browser believes. The clock alone proves
// nothing: timers of a hidden page come once a minute, and those of a machine that slept all at once.
const answerWithin = 5000;
// A browser phone is asked each second: when that has stopped, the line is asked whether it is there, and answers at once.
const pingsStop = 3000;
const answerAtOnce = 1500;
// While the server cannot be reached it is asked again and again whether it is there, and by requests: whose connections have
// failed often, browsers have wait for the next one, up to five seconds (Chromium's WebSocketThrottler).
const askEach = 700;
// Requests may all be stuck where a connection is not, and a network may be slow: one is tried as well, and given its time.
const connectWithin = 10_000;
// The server has just answered: unless connecting took long before, what does not come now was lost on the way.
const connectNext = 1500;
// A connection that was begun before the page was shown again, or the network came back, is begun anew.
const freshConnection = 2000;
// OP-17 counts minutes: one word in this time is enough.
const activeEvery = 20_000;

/**
 * The operator's live state over the banner's WebSocket: a snapshot, then the members
 * that changed. It reconnects until the server says that the session has ended.
 */
export class BannerLine {
  readonly me: Value<Me>;
  readonly line = new Value<Line>({ state: 'connecting' });

  /** Called at once with what the stream says about the browser phone: timers of a hidden page would be late. */
  onPhone: (said: unknown) => void = () => undefined;

  private socket: WebSocket | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  /** Set while a connection is being made, or a ping is out: what happens unless it succeeds. */
  private deadline: ReturnType<typeof setTimeout> | undefined;
  /** The server asks the browser phone on this connection: it is not quiet any more. */
  private lively = false;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private begun = 0; // performance.now() of the connection's beginning
  private took: number | undefined; // how long the last connection took to be made
  private refused = 0; // how often in a row a server that is there gave no stream
  private heard = serverNow();
  private lastActive = Number.NEGATIVE_INFINITY;
  private stopped = false;
  private release: (() => void) | undefined;

  constructor(first: Me) {
    this.me = new Value(first);
  }

  start(): void {
    this.stopped = false;
    this.release = goesFirst(() => this.line.get().state === 'live');
    document.addEventListener('visibilitychange', this.wake);
    globalThis.addEventListener('online', this.networkBack);
    for (const kind of ['pointerdown', 'keydown']) globalThis.addEventListener(kind, this.active, { capture: true, passive: true });
    this.pinger = setInterval(() => this.ping(), pingEvery);
    this.connect();
  }

  /** Ends in order: to the server this is a closed window. */
  stop(): void {
    this.stopped = true;
    this.release?.();
    document.removeEventListener('visibilitychange', this.wake);
    globalThis.removeEventListener('online', this.networkBack);
    for (const kind of ['pointerdown', 'keydown']) globalThis.removeEventListener(kind, this.active, { capture: true });
    clearInterval(this.pinger);
    clearTimeout(this.retry);
    const { socket } = this;
    this.socket = undefined;
    this.inTime();
    socket?.close(1000);
  }

  /** Says something about the browser phone; without a connection it is lost. */
  sayPhone(phone: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: 'phone', phone }));
  }

  private readonly wake = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (this.socket?.readyState === WebSocket.CONNECTING && performance.now() - this.begun > freshConnection) this.drop(this.socket);
    if (this.socket) this.ping();
    else this.connectNow();
  };

  /** What was said meanwhile may wait long in the system for its next try: a line that does not answer at once is made anew. */
  private readonly networkBack = (): void => {
    if (this.socket?.readyState === WebSocket.OPEN) this.prove(this.socket);
    else this.wake();
  };

  private readonly active = (): void => {
    const now = performance.now();
    if (now - this.lastActive < activeEvery || this.socket?.readyState !== WebSocket.OPEN) return;
    this.lastActive = now;
    this.socket.send('{"type":"active"}');
  };

  /** Asks for a sign of life, unless one is being waited for. */
  private ping(again = false): void {
    const socket = this.socket;
    if (socket?.readyState !== WebSocket.OPEN || (this.deadline !== undefined && !again)) return;
    socket.send('{"type":"ping"}');
    this.within(answerWithin, () => {
      if (again) this.lose(socket);
      else this.ping(true);
    });
  }

  /** A line that is there says so at once; one that is not is made anew. */
  private prove(socket: WebSocket): void {
    if (this.socket !== socket || socket.readyState !== WebSocket.OPEN) return;
    socket.send('{"type":"ping"}');
    this.within(answerAtOnce, () => this.lose(socket));
  }

  private within(time: number, otherwise: () => void): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(otherwise, time);
  }

  private inTime(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.quiet);
    this.deadline = undefined;
    const { socket } = this;
    if (socket && this.lively) this.quiet = setTimeout(() => this.prove(socket), pingsStop);
  }

  private connectNow(): void {
    if (this.stopped || this.line.get().state === 'ended' || this.socket) return;
    clearTimeout(this.retry);
    this.connect();
    this.retry = setTimeout(() => this.seek(), askEach);
  }

  private connect(time = connectWithin): void {
    const url = new URL('/api/v1/me/stream', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.socket = socket;
    this.lively = false;
    this.begun = performance.now();
    this.within(time, () => {
      this.refused = 0;
      this.lose(socket);
    });
    socket.addEventListener('open', () => {
      if (this.socket !== socket) return;
      clearTimeout(this.retry);
      this.took = performance.now() - this.begun;
      this.inTime();
    });
    socket.addEventListener('message', (event: MessageEvent<string>) => {
      if (this.socket === socket) this.take(JSON.parse(event.data) as Schema<'StreamMessage'>);
    });
    socket.addEventListener('close', (event) => {
      if (this.socket !== socket) return;
      if (event.code === closeEnded) {
        this.finish(null);
        return;
      }
      this.refused++;
      this.lose(socket);
    });
  }

  private take(message: Schema<'StreamMessage'>): void {
    this.refused = 0;
    this.lively ||= message.phone?.kind === 'ping';
    this.inTime();
    if (message.type === 'phone') {
      this.heard = serverNow();
      this.onPhone(message.phone);
      return;
    }
    if (message.at) learnClock(message.at);
    this.heard = serverNow();
    const part = (message.me ?? {}) as Partial<Me>;
    switch (message.type) {
      case 'snapshot':
        this.me.set(part as Me);
        this.line.set({ state: 'live' });
        break;
      case 'delta':
        this.me.set({ ...this.me.get(), ...part });
        break;
      case 'ended':
        this.finish(message.reason ?? null);
        break;
      case 'pong':
        break;
    }
  }

  private finish(reason: EndReason | null): void {
    if (this.line.get().state === 'ended') return;
    this.line.set({ state: 'ended', reason });
    this.socket = undefined;
    this.inTime();
    clearTimeout(this.retry);
  }

  private drop(socket: WebSocket): void {
    this.socket = undefined;
    this.inTime();
    socket.close();
  }

  private lose(socket: WebSocket): void {
    this.drop(socket);
    if (this.stopped || this.line.get().state === 'ended') return;
    if (this.line.get().state !== 'lost') this.line.set({ state: 'lost', at: this.heard });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.seek(), backoff(this.refused));
  }

  /** Asks again and again whether the server is there, until it answers or a connection is made. */
  private seek(): void {
    void this.ask();
    if (!this.socket && performance.now() - this.begun >= connectWithin) this.connect();
    this.retry = setTimeout(() => this.seek(), askEach);
  }

  /** An answer is the word to connect. */
  private async ask(): Promise<void> {
    const asked = performance.now();
    const status = await ask();
    if (this.stopped || this.line.get().state !== 'lost') return;
    const { socket } = this;
    if (status === 401) {
      if (socket) this.drop(socket);
      this.finish(null);
    } else if (status === undefined || status >= 500) {
      // The network is away, or the server: nobody refuses anything.
      this.refused = 0;
    } else if (!socket || (socket.readyState === WebSocket.CONNECTING && this.begun < asked)) {
      // A connection that was begun earlier and is not there yet was lost on the way.
      if (socket) this.drop(socket);
      clearTimeout(this.retry);
      this.connect(Math.min(Math.max(4 * (this.took ?? connectWithin), connectNext), connectWithin));
    }
  }
}
