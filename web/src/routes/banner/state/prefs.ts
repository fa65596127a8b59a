import { Value } from '../../../live/value';
import { remember, remembered } from '../../../kept';

export const actions = ['answer', 'end', 'mute', 'hold', 'transfer', 'pause', 'available', 'dial', 'pickUp'] as const;
export type Action = (typeof actions)[number];
export type Layout = 'auto' | 'column' | 'strip';

/** What a person has chosen in this browser. */
export interface Prefs {
  readonly layout: Layout;
  /** Whether the computer rings; null until he has said so: a desk phone rings by itself, a browser does not. */
  readonly ring: boolean | null;
  /** A call is answered by itself, after a short tone: only where this page is the phone. */
  readonly autoAnswer: boolean;
  readonly notify: boolean;
  readonly keysOn: boolean;
  readonly keys: Readonly<Record<Action, string>>;
  /** How a call was passed on last: the other asked first, or given it at once. */
  readonly transferWay: 'consult' | 'transfer';
  /** The group chosen last in the dial box; empty for none. */
  readonly dialGroup: string;
}

export const defaults: Prefs = {
  layout: 'auto', ring: null, autoAnswer: false, notify: true, keysOn: true, transferWay: 'consult', dialGroup: '',
  keys: { answer: 'a', end: 'e', mute: 'm', hold: 'h', transfer: 't', pause: 'p', available: 'r', dial: 'd', pickUp: 'i' },
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
    ring: typeof chosen.ring === 'boolean' ? chosen.ring : null,
    autoAnswer: flag(chosen.autoAnswer, defaults.autoAnswer),
    notify: flag(chosen.notify, defaults.notify),
    keysOn: flag(chosen.keysOn, defaults.keysOn),
    keys: parseKeys(chosen.keys),
    transferWay: chosen.transferWay === 'transfer' ? chosen.transferWay : defaults.transferWay,
    dialGroup: typeof chosen.dialGroup === 'string' ? chosen.dialGroup : '',
  };
}

// One more than there are other actions.
const spare = ['i', 'u', 'k', 'g', 'w', 'x', 'y', 'z', 'q'] as const;

function parseKeys(chosen: unknown): Prefs['keys'] {
  if (typeof chosen !== 'object' || chosen === null) return defaults.keys;
  const values = chosen as Partial<Record<Action, unknown>>;
  const keys = Object.fromEntries(actions.map((action) => {
    const key = values[action];
    return [action, typeof key === 'string' && isKey(key) ? key : defaults.keys[action]];
  })) as Record<Action, string>;
  // It came after the others: where somebody has given its letter to one of them, that stays.
  if (values.pickUp === undefined) keys.pickUp = spare.find((key) => actions.every((other) => other === 'pickUp' || keys[other] !== key)) ?? defaults.keys.pickUp;
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

/** Whether the computer rings for this kind of phone. */
export function rings({ ring }: Pick<Prefs, 'ring'>, kind: string | null): boolean {
  return ring ?? kind === 'browser';
}

export const prefs = new Value<Prefs>(parsePrefs(remembered('localStorage', place)));

export function changePrefs(change: Partial<Prefs>): void {
  const next = { ...prefs.get(), ...change };
  remember('localStorage', place, JSON.stringify(next));
  prefs.set(next);
}
