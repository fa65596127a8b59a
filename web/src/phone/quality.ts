/** What is measured of a conversation. */
export interface Measured {
  readonly lossPercent: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
}

export type Grade = 'good' | 'fair' | 'poor';

export interface Quality extends Measured {
  readonly grade: Grade;
}

/** What is counted from the beginning of a session: a difference of two makes a measure. */
export interface Counted {
  readonly received: number;
  readonly lost: number;
}

export interface Reading extends Measured {
  readonly counted: Counted;
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Reads the browser's statistics: of both ways, the worse counts. */
export function readStats(report: Iterable<Record<string, unknown>>, before: Counted | null): Reading {
  let counted: Counted = { received: 0, lost: 0 };
  let [jitter, theirJitter, trip, theirTrip, theirLoss] = [0, 0, 0, 0, 0];
  for (const entry of report) {
    if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'audio') {
      counted = { received: number(entry['packetsReceived']), lost: number(entry['packetsLost']) };
      jitter = number(entry['jitter']);
    } else if (entry['type'] === 'remote-inbound-rtp' && entry['kind'] === 'audio') {
      theirJitter = number(entry['jitter']);
      theirTrip = number(entry['roundTripTime']);
      theirLoss = number(entry['fractionLost']);
    } else if (entry['type'] === 'candidate-pair' && entry['nominated'] === true && entry['state'] === 'succeeded') {
      trip = number(entry['currentRoundTripTime']);
    }
  }
  const lost = Math.max(0, counted.lost - (before?.lost ?? counted.lost));
  const all = lost + Math.max(0, counted.received - (before?.received ?? counted.received));
  const loss = Math.max(all > 0 ? lost / all : 0, theirLoss);
  return {
    counted,
    lossPercent: Math.round(Math.min(1, loss) * 1000) / 10,
    jitterMs: Math.round(Math.max(jitter, theirJitter) * 1000),
    roundTripMs: Math.round((theirTrip || trip) * 1000),
  };
}

/** From where on people begin to notice, and where it gets hard to understand each other. */
export function gradeOf({ lossPercent, jitterMs, roundTripMs }: Measured): Grade {
  if (lossPercent > 5 || jitterMs > 80 || roundTripMs > 600) return 'poor';
  return lossPercent > 1.5 || jitterMs > 40 || roundTripMs > 300 ? 'fair' : 'good';
}
