import type { Schema } from '../../../api/client';

export type Quarters = Schema<'Quarters'>;

export const curves = ['offered', 'answered', 'abandoned', 'waiting'] as const;
export type Curve = (typeof curves)[number];

/** The quarters worth showing: from the hour of the first call on, two hours at least. */
export function worth({ items }: Quarters): Quarters['items'] {
  const first = items.findIndex(({ offered, waiting }) => offered > 0 || waiting > 0);
  const from = first < 0 ? items.length - 8 : Math.min(first - (first % 4), items.length - 8);
  return items.slice(Math.max(0, from));
}

/** Times in seconds since 1970, and the values of each curve. */
export interface Columns {
  readonly at: readonly number[];
  readonly values: Readonly<Record<Curve, readonly number[]>>;
}

export function columnsOf(items: Quarters['items']): Columns {
  const column = (curve: Curve): number[] => items.map((item) => item[curve]);
  return {
    at: items.map(({ from }) => Date.parse(from) / 1000),
    values: { offered: column('offered'), answered: column('answered'), abandoned: column('abandoned'), waiting: column('waiting') },
  };
}
