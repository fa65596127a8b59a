import type { Schema } from '../../../api/client';
import type { Me } from '../../../api/session';

export type LiveCall = Schema<'LiveCall'>;
export type CallSide = Schema<'CallSide'>;
export type HistoryCall = Schema<'HistoryCall'>;
export type MyGroup = Schema<'MyGroup'>;
export type PauseType = Schema<'MyPauseType'>;

/** What stands in the middle of the banner. */
export type Card = 'ringing' | 'dialing' | 'talking' | 'wrapUp' | 'pause' | 'none';

export function cardOf(me: Me): Card {
  switch (me.activity) {
    case 'ringing':
    case 'dialing':
      return me.activity;
    case 'talking':
    case 'held':
      return 'talking';
    case 'wrap_up':
      return 'wrapUp';
    case 'idle':
      return me.presence === 'paused' ? 'pause' : 'none';
  }
}

/** The call he is in, is offered, or wraps up. */
export function callOf(me: Me): LiveCall | undefined {
  return me.activity === 'idle' ? undefined : me.calls[0];
}

/** The second conversation of his call; null for none, and for a transfer that has come back. */
export function sideOf(call: LiveCall): CallSide | null {
  return call.side && call.side.kind !== 'return' ? call.side : null;
}

/** A group of his; undefined for one he has left meanwhile. */
export function groupOf(me: Me, id: string | null): MyGroup | undefined {
  return id === null ? undefined : me.groups.find((group) => group.id === id);
}

export function pauseOf(me: Me): PauseType | undefined {
  return me.pauseTypes.find((type) => type.id === me.pauseType);
}

/** The pauses to choose from: the one of the log-in, which is rarely chosen, comes last. */
export function pauseChoices(types: readonly PauseType[]): PauseType[] {
  return [...types.filter((type) => !type.login), ...types.filter((type) => type.login)];
}

export interface Figure {
  readonly kind: 'since' | 'until';
  readonly at: string | null;
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

/** The one large figure of the banner: what runs out if something does, else how long it has lasted. */
export function figureOf(me: Me): Figure {
  const call = callOf(me);
  switch (me.activity) {
    case 'ringing':
      return call?.ringUntil ? { kind: 'until', at: call.ringUntil } : { kind: 'since', at: me.activitySince };
    case 'wrap_up':
      return me.wrapUpUntil ? { kind: 'until', at: me.wrapUpUntil } : { kind: 'since', at: me.activitySince };
    case 'talking':
      return { kind: 'since', at: call?.answeredAt ?? me.activitySince };
    case 'dialing':
    case 'held':
      return { kind: 'since', at: me.activitySince };
    case 'idle':
      return { kind: 'since', at: me.presence === 'paused' ? me.presenceSince : later(me.presenceSince, me.activitySince) };
  }
}

/** The number of the other side; null when it is withheld, undefined when it is hidden from him. */
export function otherNumber(call: Pick<HistoryCall, 'direction' | 'caller' | 'called'>): string | null | undefined {
  return call.direction === 'in' ? call.caller : call.called;
}

/** Who is at the other end, best first; nothing of an inbound call's name is trusted to be a name. */
export function otherParty(call: LiveCall): { readonly name: string | null; readonly number: string | null } {
  return { name: call.direction === 'in' ? call.callerName : null, number: otherNumber(call) ?? null };
}

/** Emergency numbers are dialled whatever the record says; everything else needs the right, and a group. */
export function dialMode(me: Me): 'full' | 'emergency' {
  return me.rights.outgoing && me.groups.length > 0 ? 'full' : 'emergency';
}

/** Dialling ends wrap-up; during a call nothing is dialled. */
export function mayDial(me: Me): boolean {
  return me.activity === 'idle' || me.activity === 'wrap_up';
}

/** A hidden number can be called back, by its call; a withheld one is nobody's. */
export function mayCallBack(call: HistoryCall): boolean {
  return otherNumber(call) !== null;
}

/** How much of a span is left, from 1 down to 0. */
export function share(from: string | null, until: string | null, now: number): number {
  if (from === null || until === null) return 0;
  const whole = Date.parse(until) - Date.parse(from);
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (Date.parse(until) - now) / whole));
}

export type Limit = 'none' | 'far' | 'near' | 'over';

/** How near the end of a pause is: the warning comes 30 s before. */
export function limitOf(me: Pick<Me, 'pauseUntil' | 'pauseOverran'>, now: number): Limit {
  if (me.pauseOverran) return 'over';
  if (me.pauseUntil === null) return 'none';
  const left = Date.parse(me.pauseUntil) - now;
  if (left <= 0) return 'over';
  return left <= 30_000 ? 'near' : 'far';
}

/** An automatic logout is announced this long before, in milliseconds. */
export const logoutWarning = 60_000;

export function logoutNear(me: Pick<Me, 'logoutAt'>, now: number): boolean {
  if (me.logoutAt === null) return false;
  const left = Date.parse(me.logoutAt) - now;
  return left > 0 && left <= logoutWarning;
}

/** The dial box goes away with a call, but not under the hand of somebody who types when one rings. */
export function dialShown(me: Me): boolean {
  return mayDial(me) || me.activity === 'ringing';
}

/** Whether he can become available: he needs a phone of his own. */
export function mayBeAvailable(me: Me): boolean {
  return me.phone.state !== 'missing' && me.phone.state !== 'in_use';
}

/** How the phone stands that calls should ring on: a number that is rung instead of the page is not it. */
export function phoneStateOf({ state, browser }: Me['phone']): Me['phone']['state'] {
  return state === 'reachable' ? browser ?? state : state;
}
