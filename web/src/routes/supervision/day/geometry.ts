import type { Schema } from '../../../api/client';
import { stateOf, type State } from '../../../ui/Status';
import { formatOf } from '../../../ui/time';

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

const quarter = hour / 4;

/** How long after midnight it is in a zone, in milliseconds, to the minute. */
function dayTime(at: number, zone: string): number {
  const text = formatOf('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }).format(at);
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * hour + minutes * 60_000;
}

/** Round times of the zone within a window, eight or so at most: they stand below the picture. */
export function marksOf(window: Span, zone: string): number[] {
  const spacing = [quarter, 2 * quarter, hour, 2 * hour, 3 * hour, 4 * hour].find((one) => (window.to - window.from) / one <= 8) ?? 6 * hour;
  const marks: number[] = [];
  // Zones are apart by whole quarters of an hour, so round times are quarters of the world's time.
  for (let at = Math.ceil(window.from / quarter) * quarter; at <= window.to; at += quarter) {
    if (dayTime(at, zone) % spacing === 0) marks.push(at);
  }
  return marks;
}

/** How much of the time logged in he worked for callers, in whole percent; null before he did anything. */
export function occupancyOf(totals: DayTotals): number | null {
  const able = totals.available + totals.ringing + totals.talking + totals.wrapUp;
  return able === 0 ? null : Math.round((100 * (totals.ringing + totals.talking + totals.wrapUp)) / able);
}
