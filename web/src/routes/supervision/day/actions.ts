import { answer, api, type Schema } from '../../../api/client';
import type { FloorOperator } from '../../../live/floor';

/** What is asked about before it is done. To hear a call is no such action: it leaves the operator as he is. */
export type Action = Exclude<Schema<'OperatorActionBody'>['action'], 'listen' | 'whisper' | 'join' | 'leave'>;

/** An action on an operator; suspending and its end belong to a group. */
export interface Act {
  readonly action: Action;
  readonly group?: { readonly id: string; readonly name: string };
}

/** Which actions have an effect now. The server decides in the end. */
export function possible(operator: FloorOperator): Record<Exclude<Action, 'suspend' | 'unsuspend'>, boolean> {
  const here = operator.presence !== 'logged_out';
  const free = operator.presence === 'available' && operator.pending === null && operator.activity !== 'wrap_up';
  return {
    pause: here,
    available: here && !free,
    logout: here && operator.pending?.presence !== 'logged_out',
    release: here && operator.activity !== 'idle',
  };
}

/** What decides which words tell the effect: an operator in a call, or not. */
export function busy(operator: FloorOperator): boolean {
  return operator.activity === 'dialing' || operator.activity === 'talking' || operator.activity === 'held';
}

export function act(operator: string, { action, group }: Act, pauseType: string): Promise<FloorOperator> {
  return answer(api.POST('/api/v1/floor/operators/{id}/actions', {
    params: { path: { id: operator } },
    body: { action, ...(action === 'pause' && { pauseType }), ...(group && { group: group.id }) },
  }));
}
