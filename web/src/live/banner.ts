import type { Schema } from '../api/client';
import type { Me } from '../api/session';
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
// After a change of network a browser may try for minutes.
const connectWithin = 10_000;
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
  private begun = 0; // performance.now() of the connection's beginning
  private tries = 0;
  private heard = serverNow();
  private lastActive = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(first: Me) {
    this.me = new Value(first);
  }

  start(): void {
    this.stopped = false;
    document.addEventListener('visibilitychange', this.wake);
    globalThis.addEventListener('online', this.wake);
    for (const kind of ['pointerdown', 'keydown']) globalThis.addEventListener(kind, this.active, { capture: true, passive: true });
    this.pinger = setInterval(() => this.ping(), pingEvery);
    this.connect();
  }

  /** Ends in order: to the server this is a closed window. */
  stop(): void {
    this.stopped = true;
    document.removeEventListener('visibilitychange', this.wake);
    globalThis.removeEventListener('online', this.wake);
    for (const kind of ['pointerdown', 'keydown']) globalThis.removeEventListener(kind, this.active, { capture: true });
    clearInterval(this.pinger);
    clearTimeout(this.retry);
    clearTimeout(this.deadline);
    this.socket?.close(1000);
    this.socket = undefined;
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

  private within(time: number, otherwise: () => void): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(otherwise, time);
  }

  private inTime(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private connectNow(): void {
    if (this.stopped || this.line.get().state === 'ended' || this.socket) return;
    this.tries = 0;
    this.connect();
  }

  private connect(): void {
    clearTimeout(this.retry);
    const url = new URL('/api/v1/me/stream', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.socket = socket;
    this.begun = performance.now();
    this.within(connectWithin, () => this.lose(socket));
    socket.addEventListener('open', () => {
      if (this.socket === socket) this.inTime();
    });
    socket.addEventListener('message', (event: MessageEvent<string>) => {
      if (this.socket === socket) this.take(JSON.parse(event.data) as Schema<'StreamMessage'>);
    });
    socket.addEventListener('close', (event) => {
      if (this.socket !== socket) return;
      if (event.code === closeEnded) this.finish(null);
      else this.lose(socket);
    });
  }

  private take(message: Schema<'StreamMessage'>): void {
    this.tries = 0;
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
    this.tries++;
    this.retry = setTimeout(() => void this.again(), backoff(this.tries));
  }

  /** A WebSocket does not tell why it was refused; a request does. */
  private async again(): Promise<void> {
    try {
      const answer = await fetch('/api/v1/me', { signal: AbortSignal.timeout(connectWithin) });
      if (answer.status === 401) {
        this.finish(null);
        return;
      }
    } catch {
      // The network is away: try the stream all the same.
    }
    if (!this.stopped && !this.socket) this.connect();
  }
}
