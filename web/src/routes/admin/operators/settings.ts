// The settings that can be changed for many operators at once: those that are no
// person's own, each with the rule it has in the form.
import type { Schema } from '../../../api/client';
import type { Operator } from '../parts/kinds';

type Member = keyof Operator & keyof Schema<'OperatorCreate'>;

interface Switch {
  readonly type: 'switch';
}

interface Figure {
  readonly type: 'figure';
  readonly min: number;
  readonly max: number;
  readonly unit?: 'seconds' | 'minutes';
  /** What an empty one means; without it a figure is required. */
  readonly empty?: 'theGroups' | 'never';
}

interface Other {
  readonly type: 'language' | 'clock';
}

const settings = {
  language: { type: 'language' },
  enabled: { type: 'switch' },
  ringSeconds: { type: 'figure', min: 5, max: 120, unit: 'seconds' },
  retrySeconds: { type: 'figure', min: 0, max: 3600, unit: 'seconds' },
  wrapUpSeconds: { type: 'figure', min: 0, max: 3600, unit: 'seconds', empty: 'theGroups' },
  record: { type: 'switch' },
  alwaysConnected: { type: 'switch' },
  showWaiting: { type: 'switch' },
  showNumbersInHistory: { type: 'switch' },
  allowOutgoing: { type: 'switch' },
  allowPhoneChange: { type: 'switch' },
  pauseAtLogin: { type: 'switch' },
  logoutAt: { type: 'clock' },
  persistentSession: { type: 'switch' },
  silenceLogout: { type: 'switch' },
  idleLogoutMinutes: { type: 'figure', min: 1, max: 1440, unit: 'minutes', empty: 'never' },
  missedLogoutCount: { type: 'figure', min: 1, max: 100, empty: 'never' },
} as const satisfies Partial<Record<Member, Switch | Figure | Other>>;

export type Setting = keyof typeof settings;

export const settingNames = Object.keys(settings) as readonly Setting[];

/** How a setting is filled in, and its bounds. */
export function settingOf(name: Setting): Switch | Figure | Other {
  return settings[name];
}

/** What a field of the dialogue holds as the value of the record: "on" and "off" for switches, '' for no time. */
export function valueOf(name: Setting, held: unknown): unknown {
  if (settings[name].type === 'switch') return held === 'on';
  return held === '' ? null : held;
}
