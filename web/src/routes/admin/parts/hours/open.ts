// Whether hours make it open, and until when: on the centre's clock, by the dates of its calendar.
import { formatOf } from '../../../../ui/time';
import { dayMinutes, days, minutesOf, type HoursValue, type Slot } from './hours';

/** A minute of the centre's clock: days since 1970, and minutes of the day. */
export interface Local {
  readonly day: number;
  readonly minute: number;
}

export interface Openness {
  readonly open: boolean;
  /** What decides about today. */
  readonly cause: 'weekly' | 'holiday' | 'exception';
  /** The name of the holiday or of the date. */
  readonly name: string;
  /** When it opens or closes next; null when it never does. */
  readonly until: Local | null;
}

/** The minute the clock of a zone shows. */
export function localOf(at: number, timeZone: string): Local {
  const parts = formatOf('en-GB', {
    timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).formatToParts(at);
  const figure = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return { day: Date.UTC(figure('year'), figure('month') - 1, figure('day')) / 86_400_000, minute: figure('hour') * 60 + figure('minute') };
}

/** As a format takes it whose zone is UTC. */
export const instantOf = ({ day, minute }: Local): number => day * 86_400_000 + minute * 60_000;

interface Rule {
  readonly slots: readonly Slot[];
  readonly cause: Openness['cause'];
  readonly name: string;
}

function ruleOf({ weekly, holidays, exceptions }: HoursValue, day: number): Rule {
  const date = new Date(day * 86_400_000);
  const text = date.toISOString().slice(0, 10);
  const exception = exceptions.find((one) => one.date === text);
  if (exception) return { slots: exception.slots, cause: 'exception', name: exception.name };
  const holiday = holidays.find((one) => one.month === date.getUTCMonth() + 1 && one.day === date.getUTCDate());
  if (holiday) return { slots: [], cause: 'holiday', name: holiday.name };
  return { slots: weekly[days[(date.getUTCDay() + 6) % 7] ?? 'mon'], cause: 'weekly', name: '' };
}

/** Further than this nobody plans; an exception of a later year is found when it comes near. */
const horizon = 400;

/** Whether it is open at a minute. The hours have to keep their rules. */
export function openness(hours: HoursValue, { day, minute }: Local): Openness {
  const now = day * dayMinutes + minute;
  const spans = Array.from({ length: horizon }, (_, i) => day - 1 + i).flatMap((on) => ruleOf(hours, on).slots.map((slot) => {
    const [from, to] = minutesOf(slot);
    return { from: on * dayMinutes + from, to: on * dayMinutes + to };
  })).toSorted((a, b) => a.from - b.from);
  const { cause, name } = ruleOf(hours, day);
  const local = (at: number): Local => ({ day: Math.floor(at / dayMinutes), minute: at % dayMinutes });
  if (!spans.some(({ from, to }) => from <= now && now < to)) {
    const next = spans.find(({ from }) => from > now);
    return { open: false, cause, name, until: next ? local(next.from) : null };
  }
  // One that goes on where another ends does not close in between.
  let end = now;
  for (const { from, to } of spans) {
    if (from <= end && to > end) end = to;
  }
  return { open: true, cause, name, until: end - now > 8 * dayMinutes ? null : local(end) };
}
