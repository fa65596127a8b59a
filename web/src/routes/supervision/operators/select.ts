import type { FloorOperator } from '../../../live/floor';
import { stateOf, type State } from '../../../ui/Status';

/** The states operators are filtered by; ringing, dialling, talking and holding are one. */
export const kinds = ['available', 'in_call', 'wrap_up', 'paused'] as const;
export type Kind = (typeof kinds)[number];

export const columns = ['name', 'state', 'since', 'group', 'phone', 'in', 'out', 'missed', 'talk', 'login', 'ignored'] as const;
export type Column = (typeof columns)[number];

export interface Sort {
  readonly column: Column;
  readonly down: boolean;
}

export interface Selection {
  readonly search: string;
  /** Empty for all. */
  readonly kinds: readonly Kind[];
  /** A group's identifier; empty for all. */
  readonly group: string;
  readonly loggedOut: boolean;
  readonly sort: Sort;
}

export const everybody: Selection = { search: '', kinds: [], group: '', loggedOut: true, sort: { column: 'name', down: false } };

export function kindOf(operator: FloorOperator): Kind | 'logged_out' {
  const state = stateOf(operator);
  if (state === 'available' || state === 'wrap_up' || state === 'paused' || state === 'logged_out') return state;
  return 'in_call';
}

/** Since when he has been in the state that is shown: idle or not, paused or not. */
export function stateSince(operator: FloorOperator): string | null {
  const { activity, activitySince, presenceSince } = operator;
  if (activity !== 'idle') return activitySince;
  if (activitySince === null || presenceSince === null) return presenceSince ?? activitySince;
  return activitySince > presenceSince ? activitySince : presenceSince;
}

/** Text as it is compared in a search: without capitals and accents. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether he belongs to a selection; `number` is that of his call. */
export function selected(operator: FloorOperator, selection: Selection, number: string): boolean {
  const kind = kindOf(operator);
  if (kind === 'logged_out' && !selection.loggedOut) return false;
  if (selection.kinds.length > 0 && !selection.kinds.some((one) => one === kind)) return false;
  if (selection.group !== '' && !operator.groups.includes(selection.group)) return false;
  const words = plain(selection.search).split(/\s+/).filter((word) => word !== '');
  const text = `${plain(operator.fullName)} ${number}`;
  return words.every((word) => text.includes(word));
}

// What needs a look first: what a person does with a caller, then who could, then who cannot.
const ranks: Record<State, number> = { ringing: 0, talking: 1, held: 2, dialing: 3, wrap_up: 4, available: 5, paused: 6, logged_out: 7 };

type Key = number | string;

export interface Names {
  readonly group: (id: string) => string;
  readonly collator: Intl.Collator;
}

/** What a column is sorted by. Times are sorted by how long ago: the longest is the greatest. */
function keyOf(operator: FloorOperator, column: Column, names: Names): Key {
  const ago = (at: string | null): number => (at === null ? Number.NEGATIVE_INFINITY : -Date.parse(at));
  switch (column) {
    case 'name': return operator.fullName;
    case 'state': return ranks[stateOf(operator)] - (operator.pauseOverran ? 0.5 : 0);
    case 'since': return ago(stateSince(operator));
    case 'group': return operator.group === null ? '' : names.group(operator.group);
    case 'phone': return operator.phone.state;
    case 'in': return operator.today.answered;
    case 'out': return operator.today.out;
    case 'missed': return operator.today.missed;
    case 'talk': return operator.today.averageTalkSeconds;
    case 'login': return ago(operator.loggedInSince);
    case 'ignored': return operator.ignoredUntil === null ? Number.NEGATIVE_INFINITY : Date.parse(operator.ignoredUntil);
  }
}

/** Operators in order: those logged out always last, equals by name. */
export function sorted(operators: readonly FloorOperator[], sort: Sort, names: Names): string[] {
  const keyed = operators.map((operator) => ({
    operator, key: keyOf(operator, sort.column, names), out: operator.presence === 'logged_out' ? 1 : 0,
  }));
  const sign = sort.down ? -1 : 1;
  const { collator } = names;
  keyed.sort((a, b) => {
    if (a.out !== b.out) return a.out - b.out;
    const byKey = typeof a.key === 'string' && typeof b.key === 'string' ? collator.compare(a.key, b.key) : Number(a.key) - Number(b.key);
    // Minus infinity less itself is no number: equals.
    return sign * (byKey || 0) || collator.compare(a.operator.fullName, b.operator.fullName) || (a.operator.id < b.operator.id ? -1 : 1);
  });
  return keyed.map(({ operator }) => operator.id);
}

/** Figures are looked at from the greatest on, names from A. */
export function firstDown(column: Column): boolean {
  return !['name', 'state', 'group', 'phone'].includes(column);
}
