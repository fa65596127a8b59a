import type { Schema } from '../../../api/client';
import type { Call, FloorOperator } from '../../../live/floor';

/** What a supervisor does in a call: hear it, be heard by the operator alone, or by all. */
export type Mode = Schema<'FloorObserver'>['mode'];
export const modes = ['listen', 'whisper', 'join'] as const satisfies readonly Mode[];

/** What he hears now. */
export interface Mine {
  readonly call: string;
  readonly operator: string;
  readonly mode: Mode;
  /** He hears it; else his phone rings. */
  readonly up: boolean;
}

/** Why he hears nothing any more. */
export type End = 'over' | 'left' | 'lost';

/** Where a supervisor listens, as the server says; he is in one call at a time. */
export function mineOf(calls: readonly Call[], user: string): Mine | null {
  for (const call of calls) {
    const me = call.observedBy?.find((observer) => observer.user === user);
    if (me) return { call: call.id, operator: me.operator, mode: me.mode, up: me.up };
  }
  return null;
}

/** Why it has ended, seen from what has become of the call and of the operator. */
export function endOf(before: Mine, call: Call | undefined, operator: FloorOperator | undefined): End {
  if (!call || call.state === 'ended' || call.state === 'wrap_up') return 'over';
  return operator?.call === before.call && talks(operator) ? 'lost' : 'left';
}

/** Whether there is something to hear at an operator's. */
export function talks(operator: FloorOperator): boolean {
  return operator.call !== null && (operator.activity === 'talking' || operator.activity === 'held');
}
