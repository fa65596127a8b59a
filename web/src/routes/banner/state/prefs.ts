import { Value } from '../../../live/value';
import { remember, remembered } from '../../../kept';

export const actions = ['answer', 'end', 'mute', 'hold', 'pause', 'available', 'dial'] as const;
export type Action = (typeof actions)[number];
export type Layout = 'auto' | 'column' | 'strip';

/** What a person has chosen in this browser. */
export interface Prefs {
  readonly layout: Layout;
  /** A desk phone rings by itself, so this is off until it is wanted. */
  readonly ring: boolean;
  readonly notify: boolean;
  readonly keysOn: boolean;
  readonly keys: Readonly<Record<Action, string>>;
  /** The group chosen last in the dial box; empty for none. */
  readonly dialGroup: string;
}

export const defaults: Prefs = {
  layout: 'auto', ring: false, notify: true, keysOn: true, dialGroup: '',
  keys: { answer: 'a', end: 'e', mute: 'm', hold: 'h', pause: 'p', available: 'r', dial: 'd' },
};

const place = 'bandeau-banner';

/** Reads what was kept; what is missing or no longer understood is the default. */
export function parsePrefs(text: string | null): Prefs {
  let chosen: Partial<Record<keyof Prefs, unknown>>;
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    chosen = typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    chosen = {};
  }
  const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === 'boolean' ? value : otherwise);
  return {
    layout: chosen.layout === 'column' || chosen.layout === 'strip' ? chosen.layout : defaults.layout,
    ring: flag(chosen.ring, defaults.ring),
    notify: flag(chosen.notify, defaults.notify),
    keysOn: flag(chosen.keysOn, defaults.keysOn),
    keys: parseKeys(chosen.keys),
    dialGroup: typeof chosen.dialGroup === 'string' ? chosen.dialGroup : '',
  };
}

function parseKeys(chosen: unknown): Prefs['keys'] {
  if (typeof chosen !== 'object' || chosen === null) return defaults.keys;
  const values = chosen as Partial<Record<Action, unknown>>;
  const keys = Object.fromEntries(actions.map((action) => {
    const key = values[action];
    return [action, typeof key === 'string' && isKey(key) ? key : defaults.keys[action]];
  })) as Record<Action, string>;
  return clashes(keys).size > 0 ? defaults.keys : keys;
}

/** A letter or a digit: "?" is the sheet's, and other signs need Shift or AltGr somewhere. */
export function isKey(text: string): boolean {
  return /^[\p{Ll}\d]$/u.test(text);
}

/** The actions that share their key with another one. */
export function clashes(keys: Readonly<Record<Action, string>>): Set<Action> {
  return new Set(actions.filter((action) => actions.some((other) => other !== action && keys[other] === keys[action])));
}

export const prefs = new Value<Prefs>(parsePrefs(remembered('localStorage', place)));

export function changePrefs(change: Partial<Prefs>): void {
  const next = { ...prefs.get(), ...change };
  remember('localStorage', place, JSON.stringify(next));
  prefs.set(next);
}
