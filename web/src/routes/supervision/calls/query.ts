import type { paths } from '../../../api/schema';
import type { CallFilter } from '../search';

export type CallsQuery = NonNullable<paths['/api/v1/calls']['get']['parameters']['query']>;

/** How many calls a page of the list has. */
export const pageSize = 50;

/** The same filter as the server takes it: days are those of the centre's zone, the last one included. */
export function queryOf({ from, to, ...rest }: CallFilter, zone: string): CallsQuery {
  return {
    ...rest,
    ...(from !== undefined && { from: startOf(from, zone) }),
    ...(to !== undefined && { to: startOf(dayAfter(to), zone) }),
    limit: pageSize,
  };
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/** The instant at which a day begins in a zone. */
export function startOf(day: string, zone: string): string {
  const wanted = Date.parse(day);
  let at = wanted;
  // Twice: what the first step lands on may lie on the other side of a change of the clock.
  for (let i = 0; i < 2; i++) at += wanted - clockAt(at, zone);
  return new Date(at).toISOString();
}

/** What the clocks of a zone show at an instant, as if they were those of UTC. */
function clockAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}
