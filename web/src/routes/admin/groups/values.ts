import type { Schema } from '../../../api/client';
import { hoursBody, hoursValue, type HoursValue } from '../parts/hours/hours';
import type { Group } from '../parts/kinds';

export interface Member {
  readonly operator: string;
  readonly level: number;
  readonly suspended: boolean;
}

/** What the form holds of a group; members stand in their order. */
export interface Values {
  name: string;
  colour: string;
  strategy: Group['strategy'];
  priority: number | null;
  pickUp: boolean;
  wrapUpSeconds: number | null;
  serviceLevel: { seconds: number | null; percent: number | null };
  record: { inbound: boolean; outbound: boolean };
  outgoingNumber: string;
  transferNumber: string;
  maxWaiting: number | null;
  maxWaitSeconds: number | null;
  whenNobody: Group['whenNobody'];
  overflow: { type: Group['overflow']['type']; id: string | null; number: string };
  holdMusic: string | null;
  announcements: { welcome: string | null; position: boolean; estimatedWait: boolean; periodic: string | null; everySeconds: number | null };
  openingHours: HoursValue;
  members: readonly Member[];
}

export function newValues(colour: string): Values {
  return {
    name: '',
    colour,
    strategy: 'longest_idle',
    priority: 50,
    pickUp: false,
    wrapUpSeconds: 0,
    serviceLevel: { seconds: 20, percent: 80 },
    record: { inbound: false, outbound: false },
    outgoingNumber: '',
    transferNumber: '',
    maxWaiting: null,
    maxWaitSeconds: null,
    whenNobody: 'wait',
    overflow: { type: 'hangup', id: null, number: '' },
    holdMusic: null,
    announcements: { welcome: null, position: false, estimatedWait: false, periodic: null, everySeconds: 60 },
    openingHours: hoursValue(null),
    members: [],
  };
}

export function toValues(g: Group): Values {
  return {
    name: g.name,
    colour: g.colour,
    strategy: g.strategy,
    priority: g.priority,
    pickUp: g.pickUp,
    wrapUpSeconds: g.wrapUpSeconds,
    serviceLevel: g.serviceLevel,
    record: g.record,
    outgoingNumber: g.outgoingNumber ?? '',
    transferNumber: g.transferNumber ?? '',
    maxWaiting: g.maxWaiting,
    maxWaitSeconds: g.maxWaitSeconds,
    whenNobody: g.whenNobody,
    overflow: { type: g.overflow.type, id: g.overflow.id ?? null, number: g.overflow.number ?? '' },
    holdMusic: g.holdMusic,
    announcements: g.announcements,
    openingHours: hoursValue(g.openingHours),
    members: g.members.map(({ operator, level, suspended }) => ({ operator, level, suspended })),
  };
}

/** Their order is their place in the list. */
export function membersBody(members: readonly Member[]): Schema<'MemberInput'>[] {
  return members.map(({ operator, level, suspended }) => ({ operator, level, suspended }));
}

export function toBody(v: Values): Schema<'GroupCreate'> {
  const { priority, wrapUpSeconds, serviceLevel, overflow, announcements: { everySeconds, ...announced }, openingHours, members, ...plain } = v;
  return {
    ...plain,
    name: v.name.trim(),
    colour: v.colour.trim().toLowerCase(),
    outgoingNumber: v.outgoingNumber.trim() || null,
    transferNumber: v.transferNumber.trim() || null,
    ...(priority !== null && { priority }),
    ...(wrapUpSeconds !== null && { wrapUpSeconds }),
    serviceLevel: {
      ...(serviceLevel.seconds !== null && { seconds: serviceLevel.seconds }),
      ...(serviceLevel.percent !== null && { percent: serviceLevel.percent }),
    },
    overflow: {
      type: overflow.type,
      ...(overflow.type === 'group' && overflow.id !== null && { id: overflow.id }),
      ...(overflow.type === 'number' && { number: overflow.number.trim() }),
    },
    announcements: { ...announced, ...(everySeconds !== null && { everySeconds }) },
    openingHours: hoursBody(openingHours),
    members: membersBody(members),
  };
}
