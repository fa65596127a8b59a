import type { Schema } from '../api/client';
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
const silence = 40_000;

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
    // The first data come with a snapshot; after a break, an open stream says that
    // nothing has happened meanwhile, or is followed by what has.
    source.addEventListener('open', () => {
      if (this.seq !== undefined) this.hear();
    });
    source.addEventListener('snapshot', (event: MessageEvent<string>) => this.takeSnapshot(event.data));
    source.addEventListener('delta', (event: MessageEvent<string>) => this.takeDelta(event.data));
    source.addEventListener('ping', (event: MessageEvent<string>) => {
      learnClock((JSON.parse(event.data) as Schema<'Ping'>).at);
      this.hear();
    });
    source.addEventListener('error', () => {
      if (this.source === source) void this.lose();
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
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => void this.lose(), silence);
    if (this.connection.get().state !== 'live') this.connection.set({ state: 'live' });
  }

  private async lose(): Promise<void> {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.watchdog);
    if (this.heard > 0 && this.connection.get().state === 'live') this.connection.set({ state: 'stale', at: this.heard });
    this.tries++;
    clearTimeout(this.timer);
    // An EventSource does not tell why it was refused; a request does.
    const refused = this.tries > 1 && (await loggedOut());
    // A stream that was opened meanwhile, as for a page that is shown again, answers the question by itself.
    const opened = this.source as EventSource | undefined;
    if (!this.running || opened) return;
    if (refused) {
      this.connection.set({ state: 'refused' });
      return;
    }
    this.timer = setTimeout(() => this.connect(), backoff(this.tries));
  }
}

async function loggedOut(): Promise<boolean> {
  try {
    return (await fetch('/api/v1/me', { method: 'GET' })).status === 401;
  } catch {
    return false;
  }
}
