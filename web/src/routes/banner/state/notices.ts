import type { Me } from '../../../api/session';
import type { Line } from '../../../live/banner';
import { logoutNear } from './model';
import type { KeptBack } from './pop';

/** What keeps calls away, or soon will; the gravest first. */
export type Notice =
  | { readonly kind: 'lost'; readonly at: number; readonly inCall: boolean }
  | { readonly kind: 'pop'; readonly url: string }
  | { readonly kind: 'logout'; readonly at: string }
  | { readonly kind: 'phone'; readonly state: 'unreachable' | 'missing' | 'in_use' }
  | { readonly kind: 'noGroup' }
  | { readonly kind: 'ignored'; readonly until: string };

export function noticesOf(me: Me, line: Line, now: number, page: KeptBack | null = null): Notice[] {
  const list: Notice[] = [];
  const inCall = me.activity === 'talking' || me.activity === 'held' || me.activity === 'dialing';
  if (line.state === 'lost') list.push({ kind: 'lost', at: line.at, inCall });
  if (page) list.push({ kind: 'pop', url: page.url });
  if (me.logoutAt !== null && logoutNear(me, now)) list.push({ kind: 'logout', at: me.logoutAt });
  if (me.phone.state !== 'reachable') list.push({ kind: 'phone', state: me.phone.state });
  if (me.groups.length === 0) list.push({ kind: 'noGroup' });
  if (me.ignoredUntil !== null && Date.parse(me.ignoredUntil) > now) list.push({ kind: 'ignored', until: me.ignoredUntil });
  return list;
}
