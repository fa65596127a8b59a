// Opening hours while they are filled in, the rules a page can check by itself in the
// server's own sentences, and whether they make it open. Times are those of the centre's clock.
import type { Schema } from '../../../../api/client';
import { destinationBody, destinationValue, type DestinationValue } from '../destination';
import { clock } from '../rules';

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

export interface Slot {
  readonly from: string;
  readonly to: string;
}

export type Week = Readonly<Record<Day, readonly Slot[]>>;

export interface Holiday {
  readonly month: number;
  readonly day: number;
  readonly name: string;
}

export interface DateHours {
  readonly date: string;
  readonly slots: readonly Slot[];
  readonly name: string;
}

/** Hours that do not count for now are kept while the form is open. */
export interface HoursValue {
  readonly mode: 'always' | 'hours';
  readonly weekly: Week;
  readonly holidays: readonly Holiday[];
  readonly exceptions: readonly DateHours[];
  readonly exit: DestinationValue;
}

const usual: readonly Slot[] = [{ from: '09:00', to: '18:00' }];
const none: readonly Slot[] = [];
/** What one begins with who limits the hours. */
const office: Week = { mon: usual, tue: usual, wed: usual, thu: usual, fri: usual, sat: none, sun: none };

const byStart = (a: Slot, b: Slot): number => a.from.localeCompare(b.from);

export function hoursValue(hours: Schema<'OpeningHours'> | null): HoursValue {
  if (!hours) return { mode: 'always', weekly: office, holidays: [], exceptions: [], exit: destinationValue(null) };
  const weekly = Object.fromEntries(days.map((day) => [
    day, hours.weekly.filter((slot) => slot.days.includes(day)).map(({ from, to }) => ({ from, to })).toSorted(byStart),
  ])) as unknown as Week;
  return {
    mode: 'hours',
    weekly,
    holidays: hours.holidays.toSorted((a, b) => a.month - b.month || a.day - b.day),
    exceptions: hours.exceptions.toSorted((a, b) => a.date.localeCompare(b.date)),
    exit: destinationValue(hours.exit),
  };
}

/** What is sent: slots that are the same on several days once. */
export function hoursBody({ mode, weekly, holidays, exceptions, exit }: HoursValue): Schema<'OpeningHoursInput'> | null {
  if (mode === 'always') return null;
  const slots = new Map<string, Schema<'WeekSlotInput'>>();
  for (const day of days) {
    for (const { from, to } of weekly[day]) {
      const same = slots.get(`${from} ${to}`);
      if (same && !same.days.includes(day)) same.days.push(day);
      else if (!same) slots.set(`${from} ${to}`, { days: [day], from, to });
    }
  }
  return {
    weekly: [...slots.values()],
    holidays: holidays.map(({ month, day, name }) => ({ month, day, name: name.trim() })),
    exceptions: exceptions.map((one) => ({ date: one.date, name: one.name.trim(), slots: one.slots.map(({ from, to }) => ({ from, to })) })),
    exit: destinationBody(exit),
  };
}

export const dayMinutes = 24 * 60;

const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** From midnight of the day it begins on; the end may lie on the next day. */
export function minutesOf({ from, to }: Slot): readonly [from: number, to: number] {
  const [begin, end] = [minute(from), minute(to)];
  return [begin, end < begin ? end + dayMinutes : end];
}

const isClock = (text: string): boolean => text !== '' && clock(text) === undefined;

function slotRule({ from, to }: Slot): string | undefined {
  if (!isClock(from)) return 'must be a time of day from 00:00 to 23:59 written HH:MM';
  if (!isClock(to) && to !== '24:00') return 'must be a time of day from 00:00 to 24:00 written HH:MM';
  return from === to ? 'must not be the beginning; a whole day is 00:00 to 24:00' : undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly day: Day | undefined;
}

/** The rule each slot breaks, undefined for a good one: by itself, or by sharing a minute with one before it in a circle of days. */
function faultsOf(slots: readonly { readonly slot: Slot; readonly day?: Day }[]): readonly (string | undefined)[] {
  const circle = 7 * dayMinutes;
  const taken: Span[] = [];
  return slots.map(({ slot, day }) => {
    const rule = slotRule(slot);
    if (rule !== undefined) return rule;
    const start = day === undefined ? 0 : days.indexOf(day) * dayMinutes;
    const [from, to] = minutesOf(slot).map((at) => at + start) as [number, number];
    const other = taken.find((span) => [-circle, 0, circle].some((turn) => from < span.to + turn && span.from + turn < to));
    taken.push({ from, to, day });
    if (!other) return undefined;
    return day === undefined || other.day === undefined
      ? 'must not overlap another slot of the date' : `must not overlap another slot: ${day} does, with one that begins on ${other.day}`;
  });
}

/** By day, the rule each of its slots breaks. */
export function weekFaults(week: Week): Readonly<Record<Day, readonly (string | undefined)[]>> {
  const all = days.flatMap((day) => week[day].map((slot) => ({ slot, day })));
  const faults = faultsOf(all);
  return Object.fromEntries(days.map((day) => [day, faults.filter((_, i) => all[i]?.day === day)])) as unknown as Record<Day, (string | undefined)[]>;
}

export function slotFaults(slots: readonly Slot[]): readonly (string | undefined)[] {
  return faultsOf(slots.map((slot) => ({ slot })));
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function holidayFault(all: readonly Holiday[], at: number): string | undefined {
  const one = all[at];
  if (!one) return undefined;
  const most = monthDays[one.month - 1] ?? 31;
  if (one.day > most) return `must be from 1 to ${most}`;
  return all.slice(0, at).some(({ month, day }) => month === one.month && day === one.day) ? 'must not stand in the list twice' : undefined;
}

export function dateFault(all: readonly DateHours[], at: number): string | undefined {
  const date = all[at]?.date ?? '';
  const year = Number(date.slice(0, 4));
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || year < 2000 || year > 2199) return 'must be a date from 2000 to 2199, such as 2026-12-24';
  return all.slice(0, at).some((other) => other.date === date) ? 'must not stand in the list twice' : undefined;
}

const firstOf = (faults: readonly (string | undefined)[]): string | undefined => faults.find((fault) => fault !== undefined);

export const weekRule = (value: unknown): string | undefined => firstOf(Object.values(weekFaults(value as Week)).flat());

export const holidaysRule = (value: unknown): string | undefined => {
  const all = value as readonly Holiday[];
  return firstOf(all.map((_, i) => holidayFault(all, i)));
};

export const exceptionsRule = (value: unknown): string | undefined => {
  const all = value as readonly DateHours[];
  return firstOf(all.flatMap((one, i) => [dateFault(all, i), ...slotFaults(one.slots)]));
};
