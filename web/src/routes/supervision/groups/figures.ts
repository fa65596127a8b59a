import type { FloorGroup, FloorOperator } from '../../../live/floor';
import { clockText } from '../../../ui/Duration';

/** Why a group needs somebody now: callers wait and nobody is free, or nobody is there at all. */
export type Alarm = 'nobody' | 'absent';

/** `unserved` are the group's calls that ring nowhere. */
export function alarmOf(group: FloorGroup, unserved: number): Alarm | null {
  if (unserved === 0 || group.available > 0) return null;
  return group.loggedIn === 0 ? 'absent' : 'nobody';
}

export interface Level {
  /** Null while no call of the day has been answered or abandoned. */
  readonly percent: number | null;
  readonly target: number;
  readonly below: boolean;
}

export function levelOf({ serviceLevel, today }: FloorGroup): Level {
  const percent = today.serviceLevelPercent;
  return { percent, target: serviceLevel.percent, below: percent !== null && percent < serviceLevel.percent };
}

/** By how many points the service level misses its target. */
export function gapOf(group: FloorGroup): number {
  const { percent, target } = levelOf(group);
  return percent === null ? 0 : Math.max(0, target - percent);
}

/**
 * The order in which groups need attention: callers waiting with nobody free, the one
 * who has waited longest first; then the widest gap to the service level; then the
 * fullest queue; then the name.
 */
export function worstFirst(groups: readonly FloorGroup[], unserved: (group: string) => number, collator: Intl.Collator): string[] {
  const keyed = groups.map((group) => ({
    id: group.id,
    name: group.name,
    since: alarmOf(group, unserved(group.id)) === null ? Number.POSITIVE_INFINITY : instant(group.waitingSince),
    gap: gapOf(group),
    waiting: group.waiting,
  }));
  keyed.sort((a, b) => {
    if (a.since !== b.since) return a.since < b.since ? -1 : 1;
    return b.gap - a.gap || b.waiting - a.waiting || collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
  });
  return keyed.map(({ id }) => id);
}

export function byName(groups: readonly FloorGroup[], collator: Intl.Collator): string[] {
  return groups.toSorted((a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function instant(at: string | null): number {
  return at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
}

/** An average of so many; a dash while it is of none. An average of nothing is told as zero. */
export function averageText(seconds: number, of = seconds): string {
  return of === 0 ? '–' : clockText(seconds);
}

/** People by what they do; who is in several groups counts once. */
export interface People {
  readonly loggedIn: number;
  readonly available: number;
  readonly inCall: number;
  readonly wrapUp: number;
  readonly paused: number;
}

export interface Totals {
  readonly waiting: number;
  readonly waitingSince: string | null;
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly overflowed: number;
  readonly percent: number | null;
  readonly averageWait: number;
}

/** The figures of all groups together. Averages and levels are of the calls, not of the groups. */
export function totalsOf(groups: readonly FloorGroup[]): Totals {
  const sum = (figure: (group: FloorGroup) => number): number => groups.reduce((total, group) => total + figure(group), 0);
  const since = groups.map((group) => group.waitingSince).filter((at) => at !== null).sort();
  const answered = sum((group) => group.today.answered);
  const abandoned = sum((group) => group.today.abandoned);
  const decided = answered + abandoned;
  return {
    waiting: sum((group) => group.waiting),
    waitingSince: since[0] ?? null,
    offered: sum((group) => group.today.offered),
    answered,
    abandoned,
    overflowed: sum((group) => group.today.overflowed),
    percent: decided === 0 ? null : Math.floor((100 * sum((group) => group.today.inLevel)) / decided),
    averageWait: answered === 0 ? 0 : Math.round(sum((group) => group.today.averageWaitSeconds * group.today.answered) / answered),
  };
}

/** Counts people the way the server counts a group's; who is in no group takes no call of one. */
export function peopleOf(operators: readonly FloorOperator[]): People {
  const people = { loggedIn: 0, available: 0, inCall: 0, wrapUp: 0, paused: 0 };
  for (const operator of operators) {
    if (operator.presence === 'logged_out' || operator.groups.length === 0) continue;
    people.loggedIn++;
    if (operator.activity === 'wrap_up') people.wrapUp++;
    else if (operator.activity !== 'idle') people.inCall++;
    else if (operator.presence === 'paused') people.paused++;
    else if (operator.suspended.length < operator.groups.length) people.available++;
  }
  return people;
}
