import { answer, api, type Schema } from '../../../api/client';

export type Answer = Schema<'Simulation'>;
export type Figures = Schema<'SimulatedFigures'>;
export type Strategy = Schema<'Group'>['strategy'];

export const strategies: readonly Strategy[] = ['longest_idle', 'fixed', 'rotating', 'random', 'everyone', 'fewest_calls', 'skill'];

/** Operators more or fewer for a time of the day; empty is its beginning or its end. */
export interface Staff {
  readonly key: number;
  readonly from: string;
  readonly to: string;
  readonly add: number | null;
}

/** What is asked; null where nothing is to be said of it. */
export interface Question {
  readonly recorded: boolean;
  readonly date: string;
  readonly group: string;
  readonly callsPerHour: number | null;
  readonly hours: number | null;
  readonly talk: number | null;
  readonly patience: number | null;
  readonly operators: number | null;
  readonly strategy: Strategy | '';
  readonly priority: number | null;
  readonly wrapUp: number | null;
  readonly target: number | null;
  readonly maxWait: number | null;
  readonly staff: readonly Staff[];
  readonly runs: number | null;
}

export const first: Question = {
  recorded: false, date: '', group: '', callsPerHour: 120, hours: 10, talk: 180, patience: 90, operators: 8, strategy: '',
  priority: null, wrapUp: null, target: null, maxWait: null, staff: [], runs: 20,
};

/** The half hours of a day, as clocks show them. */
export const halfHours: readonly string[] = Array.from({ length: 48 }, (_, n) => `${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}`);

/** Those that change something, in the order in which they are asked: refusals count these. */
export function askedOf(staff: readonly Staff[]): readonly (Staff & { readonly add: number })[] {
  return staff.filter((row): row is Staff & { readonly add: number } => row.add !== null && row.add !== 0);
}

const given = <Name extends string, Value>(name: Name, value: Value | null | ''): Partial<Record<Name, Value>> =>
  value === null || value === '' ? {} : { [name]: value } as Partial<Record<Name, Value>>;

/** The question as the server is asked it. */
export function bodyOf(q: Question): Schema<'SimulationCreate'> {
  const group = q.recorded && q.group !== '' ? q.group : null;
  const settings = {
    ...given('strategy', q.strategy), ...given('priority', q.recorded ? q.priority : null), ...given('wrapUpSeconds', q.wrapUp),
    ...given('serviceLevelSeconds', q.target), ...given('maxWaitSeconds', q.maxWait),
  };
  return {
    ...(q.recorded ? { day: q.date, group } : {
      generate: {
        ...(q.callsPerHour !== null && { callsPerHour: [q.callsPerHour] }), ...given('hours', q.hours), ...given('operators', q.operators),
        ...(q.talk !== null && { talk: { seconds: q.talk } }), ...(q.patience !== null && { patience: { seconds: q.patience } }),
      },
    }),
    changes: {
      groups: Object.keys(settings).length > 0 ? [{ group, ...settings }] : [],
      operators: askedOf(q.staff).map(({ from, to, add }) => ({ group, from: from === '' ? null : from, to: to === '' ? null : to, add })),
    },
    ...given('runs', q.runs),
  };
}

export const ask = (q: Question): Promise<Answer> => answer(api.POST('/api/v1/simulations', { body: bodyOf(q) }));
