/** The parts of the supervision; without one all that matters at once is shown. */
export const views = ['floor', 'groups', 'operators', 'activity', 'calls'] as const;
export type View = (typeof views)[number];

export const directions = ['in', 'out'] as const;
export const outcomes = ['answered', 'abandoned', 'overflowed', 'no_answer', 'busy', 'failed', 'refused'] as const;

/** Which calls are listed. It stands in the address, so that the way back from a call leads to the same list. */
export interface CallFilter {
  /** The first and the last day, as 2026-01-31, in the centre's zone. */
  readonly from?: string;
  readonly to?: string;
  readonly direction?: (typeof directions)[number];
  readonly group?: string;
  readonly operator?: string;
  readonly number?: string;
  readonly outcome?: (typeof outcomes)[number];
}

export interface SupervisionSearch extends CallFilter {
  readonly view?: Exclude<View, 'floor'>;
}

/** Reads the view from the address, and of the calls which; what is neither is left out. */
export function supervisionSearch(search: Record<string, unknown>): SupervisionSearch {
  const view = views.find((name) => name === search['view']);
  if (view === undefined || view === 'floor') return {};
  return view === 'calls' ? { view, ...callFilter(search) } : { view };
}

/** The filter alone. */
export function filterOf({ view, ...filter }: SupervisionSearch): CallFilter {
  return view === 'calls' ? filter : {};
}

function callFilter(search: Record<string, unknown>): CallFilter {
  const direction = directions.find((one) => one === search['direction']);
  const outcome = outcomes.find((one) => one === search['outcome']);
  return {
    ...day('from', search['from']), ...day('to', search['to']),
    ...(direction && { direction }), ...(outcome && { outcome }),
    ...text('group', search['group']), ...text('operator', search['operator']), ...text('number', search['number']),
  };
}

function day(name: 'from' | 'to', value: unknown): CallFilter {
  const is = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
  return is ? { [name]: value } : {};
}

// A number of digits alone comes back from the address as a number.
function text(name: 'group' | 'operator' | 'number', value: unknown): CallFilter {
  const is = (typeof value === 'string' && value !== '') || typeof value === 'number';
  return is ? { [name]: String(value) } : {};
}
