import { currentLanguage } from '../../../i18n';
import type { Answer, Figures } from './question';

/** The figures that are shown, and how. */
export const rows = {
  serviceLevel: 'share', answerSeconds: 'seconds', abandonRate: 'share', occupancy: 'share', offered: 'number',
  estimateErrorSeconds: 'seconds', estimateOffSeconds: 'seconds', estimateNear: 'share',
} as const;
export type Row = keyof typeof rows;
export const names = Object.keys(rows) as readonly Row[];

/** Those that are drawn. */
export const drawn = ['serviceLevel', 'answerSeconds', 'abandonRate', 'occupancy'] as const satisfies readonly Row[];
export type Drawn = (typeof drawn)[number];

const forms = {
  share: { style: 'percent', maximumFractionDigits: 1 },
  seconds: { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 },
  number: { maximumFractionDigits: 1 },
} as const satisfies Record<string, Intl.NumberFormatOptions>;

/** A value of a figure for people. */
export function said(row: Row, value: number): string {
  return new Intl.NumberFormat(currentLanguage(), forms[rows[row]]).format(value);
}

/** The half hours in which something happened, with their figures. */
export function worth({ simulated, asRecorded }: Answer): readonly { readonly from: string; readonly simulated: Figures; readonly recorded: Figures | undefined }[] {
  const all = simulated.halfHours.map((half, at) => ({ from: half.from, simulated: half, recorded: asRecorded?.halfHours[at] }));
  const happens = (figures: Figures | undefined): boolean => figures !== undefined && (figures.offered.value > 0 || figures.occupancy !== null);
  const busy = (half: (typeof all)[number]): boolean => happens(half.simulated) || happens(half.recorded);
  return all.slice(Math.max(all.findIndex(busy), 0), all.findLastIndex(busy) + 1);
}

/** The columns of a drawing: seconds since 1970, and values with gaps where there is nothing to tell. */
export interface Columns {
  readonly at: readonly number[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly simulated: readonly (number | null)[];
  readonly recorded: readonly (number | null)[];
}

export function columnsOf(answer: Answer, figure: Drawn): Columns {
  const halves = worth(answer);
  return {
    at: halves.map(({ from }) => Date.parse(from) / 1000),
    low: halves.map(({ simulated }) => simulated[figure]?.low ?? null),
    high: halves.map(({ simulated }) => simulated[figure]?.high ?? null),
    simulated: halves.map(({ simulated }) => simulated[figure]?.value ?? null),
    recorded: halves.map(({ recorded }) => recorded?.[figure]?.value ?? null),
  };
}
