import { serverNow } from '../../../live/clock';
import { formatOf } from '../../../ui/time';

/** The day of an instant in a time zone, as 2026-01-31. */
export function dayOf(at: number, timeZone: string): string {
  return formatOf('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

export interface Day<Item> {
  readonly day: string;
  readonly near: 'today' | 'yesterday' | null;
  readonly items: readonly Item[];
}

/** Items that come newest first, by the day of the centre. */
export function byDay<Item extends { readonly part: { readonly at: string } }>(items: readonly Item[], timeZone: string, now = serverNow()): Day<Item>[] {
  const today = dayOf(now, timeZone);
  // The day before a day in a calendar; a day of the clock may have 23 or 25 hours.
  const yesterday = new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  const days: { day: string; near: Day<Item>['near']; items: Item[] }[] = [];
  for (const item of items) {
    const day = dayOf(Date.parse(item.part.at), timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, near: day === today ? 'today' : day === yesterday ? 'yesterday' : null, items: [item] });
  }
  return days;
}
