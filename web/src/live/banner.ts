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
// Two pings without an answer: the line is dead, whatever the browser believes.
const silence = 25_000;
// OP-17 counts minutes: one word in this time is enough.
const activeEvery = 20_000;

/**
 * The operator's live state over the banner's WebSocket: a snapshot, then the members
 * that changed. It reconnects until the server says that the session has ended.
 */
export class BannerLine {
  readonly me: Value<Me>;
  readonly line = new Value<Line>({ state: 'connecting' });

  private socket: WebSocket | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private tries = 0;
  private heardHere = 0; // performance.now() of the last message
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
    this.pinger = setInterval(() => this.watch(), pingEvery);
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
    this.socket?.close(1000);
    this.socket = undefined;
  }

  private readonly wake = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (this.socket?.readyState === WebSocket.OPEN) this.watch();
    else this.connectNow();
  };

  private readonly active = (): void => {
    const now = performance.now();
    if (now - this.lastActive < activeEvery || this.socket?.readyState !== WebSocket.OPEN) return;
    this.lastActive = now;
    this.socket.send('{"type":"active"}');
  };

  private watch(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heardHere > silence) {
      this.lose(this.socket);
      return;
    }
    this.socket.send('{"type":"ping"}');
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
    this.heardHere = performance.now();
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
    clearTimeout(this.retry);
  }

  private lose(socket: WebSocket): void {
    this.socket = undefined;
    socket.close();
    if (this.stopped || this.line.get().state === 'ended') return;
    if (this.line.get().state !== 'lost') this.line.set({ state: 'lost', at: this.heard });
    this.tries++;
    this.retry = setTimeout(() => void this.again(), backoff(this.tries));
  }

  /** A WebSocket does not tell why it was refused; a request does. */
  private async again(): Promise<void> {
    try {
      const answer = await fetch('/api/v1/me');
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
