// What a page and the server say to each other about the browser phone, on the page's stream.

/** A page offers itself as the phone; the server pings it each second, and takes a page that does not answer for gone. */
export type FromPage =
  | { readonly kind: 'offer'; readonly session: string; readonly sdp: string }
  | { readonly kind: 'pong'; readonly session: string; readonly n: number }
  | { readonly kind: 'close'; readonly session: string }
  | {
    readonly kind: 'quality';
    readonly session: string;
    readonly call: string;
    readonly lossPercent: number;
    readonly jitterMs: number;
    readonly roundTripMs: number;
  };

export type FromServer =
  | { readonly kind: 'answer'; readonly session: string; readonly sdp: string }
  | { readonly kind: 'refused'; readonly session: string; readonly code: string; readonly detail: string }
  | { readonly kind: 'ping'; readonly session: string; readonly n?: number }
  | { readonly kind: 'taken'; readonly session: string };

/** The stream, as far as the phone uses it: what cannot be sent now is lost. */
export type Send = (message: FromPage) => void;

const kinds: ReadonlySet<unknown> = new Set<FromServer['kind']>(['answer', 'refused', 'ping', 'taken']);

/** What a message of the stream says about the phone; null where it says nothing that is understood. */
export function readPhone(said: unknown): FromServer | null {
  if (typeof said !== 'object' || said === null || !('kind' in said) || !kinds.has(said.kind)) return null;
  return said as FromServer;
}
