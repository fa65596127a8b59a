import type { Schema } from '../api/client';
import { ask } from './ask';
import { backoff } from './backoff';
import { learnClock, serverNow } from './clock';
import { Rows } from './rows';
import { Value } from './value';

export type FloorGroup = Schema<'FloorGroup'>;
export type FloorOperator = Schema<'FloorOperator'>;
export type Call = Schema<'Call'>;

/** What the page knows of its connection; `at` is the server's instant of the newest data. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'stale'; readonly at: number }
  | { readonly state: 'refused' };

// The server pings each 15 s: after this silence the connection is dead, whatever the browser believes.
const silence = 20_000;
// A connection that was begun without a network may be waited for by the system for minutes.
const connectWithin = 10_000;
// While the server is not there it is asked again and again.
const askEach = 1000;

/**
 * The supervision's live state: a snapshot and numbered deltas over one event stream.
 * It reconnects for ever, since an EventSource gives up after a status of 400 or more.
 */
export class Floor {
  readonly groups = new Rows<FloorGroup>();
  readonly operators = new Rows<FloorOperator>();
  readonly calls = new Rows<Call>();
  readonly connection = new Value<Connection>({ state: 'connecting' });

  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private seq: number | undefined;
  private tries = 0;
  private heard = 0;
  private running = false;

  start(): void {
    this.running = true;
    document.addEventListener('visibilitychange', this.wake);
    globalThis.addEventListener('online', this.wake);
    this.connect();
  }

  stop(): void {
    this.running = false;
    document.removeEventListener('visibilitychange', this.wake);
    globalThis.removeEventListener('online', this.wake);
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.source?.close();
    this.source = undefined;
  }

  private readonly wake = (): void => {
    const { state } = this.connection.get();
    if (document.visibilityState !== 'visible' || state === 'live' || state === 'refused') return;
    this.tries = 0;
    this.connect();
  };

  private connect(): void {
    clearTimeout(this.timer);
    this.source?.close();
    const after = this.seq === undefined ? '' : `?after=${this.seq}`;
    const source = new EventSource(`/api/v1/events${after}`);
    this.source = source;
    this.within(connectWithin);
    // The first data come with a snapshot; after a break, an open stream says that
    // nothing has happened meanwhile, or is followed by what has.
    source.addEventListener('open', () => {
      if (this.seq === undefined) this.within(silence);
      else this.hear();
    });
    source.addEventListener('snapshot', (event: MessageEvent<string>) => this.takeSnapshot(event.data));
    source.addEventListener('delta', (event: MessageEvent<string>) => this.takeDelta(event.data));
    source.addEventListener('ping', (event: MessageEvent<string>) => {
      learnClock((JSON.parse(event.data) as Schema<'Ping'>).at);
      this.hear();
    });
    source.addEventListener('error', () => {
      if (this.source === source) this.lose();
    });
  }

  private takeSnapshot(data: string): void {
    const body = JSON.parse(data) as Schema<'FloorBody'>;
    learnClock(body.at);
    this.groups.reset(body.groups);
    this.operators.reset(body.operators);
    this.calls.reset(body.calls);
    this.seq = body.seq;
    this.hear();
  }

  private takeDelta(data: string): void {
    const body = JSON.parse(data) as Schema<'FloorDelta'>;
    learnClock(body.at);
    this.calls.change(body.calls, body.removed.calls);
    this.groups.change(body.groups, body.removed.groups);
    this.operators.change(body.operators, body.removed.operators);
    this.seq = body.seq;
    this.hear();
  }

  private hear(): void {
    this.tries = 0;
    this.heard = serverNow();
    this.within(silence);
    if (this.connection.get().state !== 'live') this.connection.set({ state: 'live' });
  }

  /** Something has to be heard in this time. */
  private within(time: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lose(), time);
  }

  private lose(): void {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.watchdog);
    if (this.heard > 0 && this.connection.get().state === 'live') this.connection.set({ state: 'stale', at: this.heard });
    this.tries++;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.seek(), backoff(this.tries));
  }

  /** Asks until the server answers, which is the word to connect. */
  private async seek(): Promise<void> {
    const status = await ask();
    // A stream that was opened meanwhile, as for a page that is shown again, answers the question by itself.
    if (!this.running || this.source) return;
    if (status === 401) {
      this.connection.set({ state: 'refused' });
    } else if (status === undefined || status >= 500) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.seek(), askEach);
    } else {
      this.connect();
    }
  }
}
