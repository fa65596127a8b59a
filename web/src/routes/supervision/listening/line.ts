import { backoff } from '../../../live/backoff';
import { Value } from '../../../live/value';
import type { FromPage } from '../../../phone/wire';

/** The stream of a supervisor's browser phone. */
export interface PhoneLine {
  readonly up: Value<boolean>;
  /** Called with what the server says about the phone. */
  onPhone: (said: unknown) => void;
  open(): void;
  close(): void;
  say(message: FromPage): void;
}

// A phone that is connected is pinged each second: after this silence the stream is dead, whatever the browser believes.
const silence = 10_000;
// What the server says when he may not listen any more.
const refusedCode = 1008;

/** The stream over a WebSocket: open while it is wanted, and made anew when it breaks. */
export class FloorLine implements PhoneLine {
  readonly up = new Value(false);
  onPhone: (said: unknown) => void = () => undefined;

  private socket: WebSocket | undefined;
  private wanted = false;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private deadline: ReturnType<typeof setTimeout> | undefined;

  open(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.tries = 0;
    this.connect();
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.retry);
    this.drop();
  }

  say(message: FromPage): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: 'phone', phone: message }));
    if (message.kind === 'offer') this.expect();
  }

  private connect(): void {
    const url = new URL('/api/v1/floor/phone', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.socket = socket;
    this.expect();
    socket.addEventListener('open', () => {
      if (this.socket !== socket) return;
      clearTimeout(this.deadline);
      this.tries = 0;
      this.up.set(true);
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.expect();
      this.onPhone((JSON.parse(data) as { readonly phone?: unknown }).phone);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.socket !== socket) return;
      if (code === refusedCode) this.wanted = false;
      this.lose();
    });
  }

  /** Something is to be heard soon. */
  private expect(): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.lose(), silence);
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    clearTimeout(this.deadline);
    socket?.close(1000);
    this.up.set(false);
  }

  private lose(): void {
    this.drop();
    if (!this.wanted) return;
    this.tries++;
    this.retry = setTimeout(() => this.connect(), backoff(this.tries));
  }
}
