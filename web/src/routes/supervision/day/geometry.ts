import type { Schema } from '../../../api/client';
import { stateOf, type State } from '../../../ui/Status';

export type DayInterval = Schema<'DayInterval'>;
export type DayTotals = Schema<'DayTotals'>;

/** The lines of the day's picture; dialling and holding are part of a conversation. */
export const lanes = ['available', 'ringing', 'talking', 'wrap_up', 'paused'] as const;
export type Lane = (typeof lanes)[number];

export function laneOf(interval: Pick<DayInterval, 'presence' | 'activity'>): Lane {
  const state: State = stateOf(interval);
  return state === 'dialing' || state === 'held' || state === 'logged_out' ? 'talking' : state;
}

/** The seconds of a lane, as the server counts them. */
export function laneSeconds(totals: DayTotals, lane: Lane): number {
  return lane === 'wrap_up' ? totals.wrapUp : totals[lane];
}

/** A time on the picture, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const hour = 3_600_000;

/** What the picture shows: from the first interval to now, an hour at least, within the day. */
export function windowOf(intervals: readonly DayInterval[], from: number, to: number): Span {
  const first = intervals[0] ? Math.max(Date.parse(intervals[0].from), from) : to - hour;
  return { from: Math.max(from, Math.min(first, to - hour)), to };
}

export interface Bar {
  readonly x: number;
  readonly width: number;
}

/**
 * The bars of a lane, in thousandths of the window; neighbours are one bar, so that a
 * day of a thousand calls is drawn quickly, and none is too thin to be seen.
 */
export function barsOf(intervals: readonly DayInterval[], lane: Lane, window: Span): Bar[] {
  const length = window.to - window.from;
  const bars: { x: number; width: number }[] = [];
  if (length <= 0) return bars;
  for (const interval of intervals) {
    if (laneOf(interval) !== lane) continue;
    const from = Math.max(Date.parse(interval.from), window.from);
    const to = Math.min(interval.to === null ? window.to : Date.parse(interval.to), window.to);
    if (to <= from) continue;
    const x = (1000 * (from - window.from)) / length;
    const end = Math.max((1000 * (to - window.from)) / length, x + 1);
    const last = bars.at(-1);
    if (last && x - (last.x + last.width) < 0.5) last.width = Math.max(last.width, end - last.x);
    else bars.push({ x, width: end - x });
  }
  return bars;
}

/** How far a zone is from whole hours of the world's time, in milliseconds. */
function minutesAside(at: number, zone: string): number {
  const minute = new Intl.DateTimeFormat('en', { minute: 'numeric', timeZone: zone }).format(at);
  return ((Number(minute) - new Date(at).getUTCMinutes() + 60) % 60) * 60_000;
}

/** Whole hours of the zone within a window, at most about eight of them. */
export function hoursOf(window: Span, zone: string): number[] {
  const aside = minutesAside(window.from, zone);
  const spacing = [1, 2, 3, 4, 6].find((hours) => (window.to - window.from) / (hours * hour) <= 8) ?? 6;
  const hours: number[] = [];
  for (let at = Math.ceil((window.from + aside) / hour) * hour - aside; at <= window.to; at += hour) {
    if (hourIn(at, zone) % spacing === 0) hours.push(at);
  }
  return hours;
}

function hourIn(at: number, zone: string): number {
  return Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(at));
}

/** How much of the time logged in he worked for callers, in whole percent; null before he did anything. */
export function occupancyOf(totals: DayTotals): number | null {
  const able = totals.available + totals.ringing + totals.talking + totals.wrapUp;
  return able === 0 ? null : Math.round((100 * (totals.ringing + totals.talking + totals.wrapUp)) / able);
}
