import type { Schema } from '../../../api/client';

export type Step = Schema<'Step'>;

/** What stands in the timeline: a step, or the offers that were made at once. */
export type Entry =
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'offer'; readonly steps: readonly [Step, ...Step[]]; readonly waitedSeconds: number };

/** The steps as they are shown: where everyone is rung at once, that is one offer to all of them. */
export function entriesOf(steps: readonly Step[]): Entry[] {
  const entries: Entry[] = [];
  const entered = new Map<string, string>();
  for (const step of steps) {
    if (step.kind === 'queued' && step.group) entered.set(step.group, step.at);
    if (step.kind !== 'offered') {
      entries.push({ type: 'step', step });
      continue;
    }
    const last = entries.at(-1);
    if (step.strategy === 'everyone' && last?.type === 'offer' && together(last.steps[0], step)) {
      entries[entries.length - 1] = { ...last, steps: [...last.steps, step] };
      continue;
    }
    const from = step.group && entered.get(step.group);
    entries.push({ type: 'offer', steps: [step], waitedSeconds: from ? between(from, step.at) : 0 });
  }
  return entries;
}

function together(a: Step, b: Step): boolean {
  return a.at === b.at && a.group === b.group && a.strategy === b.strategy;
}

/** Whole seconds from one instant to a later one. */
export function between(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1000));
}

/** Those who were passed over for one reason. */
export interface Passed {
  readonly reason: string;
  readonly count: number;
  /** Of those whose names are told. */
  readonly names: readonly string[];
}

/** Who was passed over, by reason, the most frequent first. */
export function passedOver({ skipped = [], passed = [] }: Step): Passed[] {
  const reasons = new Map<string, { count: number; names: string[] }>();
  const of = (reason: string): { count: number; names: string[] } => {
    const known = reasons.get(reason) ?? { count: 0, names: [] };
    reasons.set(reason, known);
    return known;
  };
  for (const { reason, name } of skipped) {
    const known = of(reason);
    known.count++;
    if (name) known.names.push(name);
  }
  for (const { reason, count } of passed) of(reason).count += count;
  return [...reasons].map(([reason, rest]) => ({ reason, ...rest })).filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

/** How each offer ended, by its leg. */
export function endings(steps: readonly Step[]): ReadonlyMap<number, Step> {
  return new Map(steps.filter(({ kind, leg }) => kind === 'offer_ended' && leg !== undefined).map((step) => [step.leg ?? 0, step]));
}

/** Whose end of the call a leg is. */
export type Party =
  | { readonly is: 'caller' }
  | { readonly is: 'operator'; readonly name?: string | undefined }
  | { readonly is: 'supervisor'; readonly name?: string | undefined }
  | { readonly is: 'called'; readonly number?: string | undefined };

/** Whose end each leg is, as far as the steps tell. */
export function parties(steps: readonly Step[]): ReadonlyMap<number, Party> {
  const legs = new Map<number, Party>();
  for (const { kind, leg, role, operator, number, user } of steps) {
    if (kind === 'arrived') legs.set(1, { is: 'caller' });
    if (kind === 'dialled') legs.set(1, { is: 'operator', name: operator?.name });
    if (leg === undefined) continue;
    if (kind === 'offered') legs.set(leg, { is: 'operator', name: operator?.name });
    if (kind === 'observed') legs.set(leg, { is: 'supervisor', name: user?.name });
    if (kind === 'leg_placed') legs.set(leg, partyOf(role, legs.get(1), number));
  }
  return legs;
}

function partyOf(role: string | undefined, first: Party | undefined, number: string | undefined): Party {
  if (role !== 'own_phone') return { is: 'called', number };
  return first?.is === 'operator' ? first : { is: 'operator' };
}

/** The parts of a length of time, the largest first: two at most, since nobody reads more. */
export function lengthOf(seconds: number): readonly { readonly unit: 'hour' | 'minute' | 'second'; readonly value: number }[] {
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor((seconds % 3600) / 60);
  const second = Math.floor(seconds % 60);
  if (hour > 0) return [{ unit: 'hour', value: hour }, ...(minute > 0 ? [{ unit: 'minute', value: minute } as const] : [])];
  if (minute > 0) return [{ unit: 'minute', value: minute }, ...(second > 0 ? [{ unit: 'second', value: second } as const] : [])];
  return [{ unit: 'second', value: second }];
}
