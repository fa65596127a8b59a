/** The parts of the supervision; without one all that matters at once is shown. */
export const views = ['floor', 'groups', 'operators', 'activity'] as const;
export type View = (typeof views)[number];

export interface SupervisionSearch {
  readonly view?: Exclude<View, 'floor'>;
}

/** Reads the view from the address; what is no view is left out. */
export function supervisionSearch(search: Record<string, unknown>): SupervisionSearch {
  const view = views.find((name) => name === search['view']);
  return view === undefined || view === 'floor' ? {} : { view };
}
