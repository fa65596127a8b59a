import type { Call } from '../../../live/floor';
import type { Rows } from '../../../live/rows';

/** A call that nobody has answered yet, in a group. */
export function waits(call: Call): boolean {
  return call.group !== null && call.direction === 'in' && (call.state === 'queued' || call.state === 'ringing');
}

/**
 * How many calls of each group wait without ringing anywhere. A group counts ringing
 * calls as waiting too, but those have found somebody.
 */
export class Queues {
  private readonly counts = new Map<string, number>();
  private counted = -1;

  constructor(private readonly calls: Rows<Call>) {}

  unserved(group: string): number {
    if (this.counted !== this.calls.version()) {
      this.counted = this.calls.version();
      this.counts.clear();
      for (const call of this.calls.all()) {
        if (waits(call) && call.state === 'queued' && call.group !== null) this.counts.set(call.group, (this.counts.get(call.group) ?? 0) + 1);
      }
    }
    return this.counts.get(group) ?? 0;
  }
}
