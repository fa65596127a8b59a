import type { Me } from '../../../api/session';
import type { Line } from '../../../live/banner';
import { logoutNear, phoneStateOf } from './model';
import type { KeptBack } from './pop';
import type { BrowserTrouble } from './useBrowser';
import type { Unsaved } from './post';

/** What keeps calls away, or soon will; the gravest first. */
export type Notice =
  | { readonly kind: 'lost'; readonly at: number; readonly inCall: boolean }
  | { readonly kind: 'unsaved'; readonly left: Unsaved }
  | { readonly kind: 'pop'; readonly url: string }
  | { readonly kind: 'logout'; readonly at: string }
  | { readonly kind: 'phone'; readonly state: PhoneTrouble }
  | { readonly kind: 'browser'; readonly trouble: BrowserTrouble; readonly inCall: boolean }
  | { readonly kind: 'noGroup' }
  | { readonly kind: 'sound' }
  | { readonly kind: 'ignored'; readonly until: string };

export type PhoneTrouble = Exclude<Me['phone']['state'], 'reachable'>;

/** What of his state a notice may come from. */
export interface Standing {
  readonly inCall: boolean;
  readonly grouped: boolean;
  readonly phone: Me['phone']['state'];
  /** This page is his phone. */
  readonly browser: boolean;
  readonly logoutAt: string | null;
  readonly ignoredUntil: string | null;
}

/** The same text for the same standing: a change of anything else renders nothing. */
export function standingOf(me: Me): string {
  const standing: Standing = {
    inCall: me.activity === 'talking' || me.activity === 'held' || me.activity === 'dialing',
    grouped: me.groups.length > 0,
    phone: phoneStateOf(me.phone),
    browser: me.phone.kind === 'browser',
    logoutAt: me.logoutAt,
    ignoredUntil: me.ignoredUntil,
  };
  return JSON.stringify(standing);
}

/** What is known beside his state. */
export interface Beside {
  readonly page?: KeptBack | null;
  readonly unsaved?: Unsaved | null;
  /** The page should ring and may not. */
  readonly mute?: boolean;
  /** Why this page is no phone; where that is not known, the server's word counts. */
  readonly trouble?: BrowserTrouble | null;
}

export function noticesOf(standing: Standing, line: Line, now: number, { page = null, unsaved = null, mute = false, trouble }: Beside = {}): Notice[] {
  const { inCall, grouped, phone, browser, logoutAt, ignoredUntil } = standing;
  const own = trouble === undefined && phone === 'unreachable' ? 'lost' : trouble;
  const list: Notice[] = [];
  if (line.state === 'lost') list.push({ kind: 'lost', at: line.at, inCall });
  if (unsaved) list.push({ kind: 'unsaved', left: unsaved });
  if (page) list.push({ kind: 'pop', url: page.url });
  if (logoutAt !== null && logoutNear({ logoutAt }, now)) list.push({ kind: 'logout', at: logoutAt });
  if (browser && own && line.state !== 'lost') list.push({ kind: 'browser', trouble: own, inCall });
  if (phone !== 'reachable' && !(browser && phone === 'unreachable')) list.push({ kind: 'phone', state: phone });
  if (!grouped) list.push({ kind: 'noGroup' });
  if (mute) list.push({ kind: 'sound' });
  if (ignoredUntil !== null && Date.parse(ignoredUntil) > now) list.push({ kind: 'ignored', until: ignoredUntil });
  return list;
}
