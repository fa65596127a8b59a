import type UPlot from 'uplot';

import type { Curve } from './quarters';

export type Scheme = 'light' | 'dark';
export type Shape = 'circle' | 'square' | 'triangle' | 'diamond';

interface Look {
  readonly colour: Readonly<Record<Scheme, string>>;
  readonly dash: readonly number[];
  readonly shape: Shape;
  /** Filled down to zero. */
  readonly fill: boolean;
}

/** Each curve has a colour, a stroke and a shape of its own. */
export const looks: Readonly<Record<Curve, Look>> = {
  offered: { colour: { light: '#0b6e6e', dark: '#4cb0b1' }, dash: [], shape: 'circle', fill: true },
  answered: { colour: { light: '#2f6fbf', dark: '#82b7f5' }, dash: [8, 4], shape: 'square', fill: false },
  abandoned: { colour: { light: '#b3261e', dark: '#ff9d94' }, dash: [3, 4], shape: 'triangle', fill: false },
  waiting: { colour: { light: '#8a5a00', dark: '#ffb454' }, dash: [], shape: 'diamond', fill: true },
};

/** The corners of a shape around a point, for a shape that has corners. */
export function corners(shape: Exclude<Shape, 'circle'>, x: number, y: number, r: number): readonly (readonly [number, number])[] {
  switch (shape) {
    case 'square': return [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]];
    case 'triangle': return [[x, y - 1.2 * r], [x + 1.15 * r, y + r], [x - 1.15 * r, y + r]];
    case 'diamond': return [[x, y - 1.3 * r], [x + 1.3 * r, y], [x, y + 1.3 * r], [x - 1.3 * r, y]];
  }
}

/** Draws the points of a curve in its shape; those of zero are left out, where curves lie on each other. */
export function drawn(shape: Shape): UPlot.Series.Points.PathBuilder {
  return (plot, series, from, to) => {
    const path = new Path2D();
    const r = 3.5 * devicePixelRatio;
    const values = plot.data[series];
    for (let at = from; at <= to; at++) {
      const value = values?.[at];
      const time = plot.data[0][at];
      if (value === undefined || value === null || value === 0 || time === undefined) continue;
      const x = plot.valToPos(time, 'x', true);
      const y = plot.valToPos(value, 'y', true);
      if (shape === 'circle') {
        path.moveTo(x + r, y);
        path.arc(x, y, r, 0, 2 * Math.PI);
        continue;
      }
      corners(shape, x, y, r).forEach(([cx, cy], corner) => (corner === 0 ? path.moveTo(cx, cy) : path.lineTo(cx, cy)));
      path.closePath();
    }
    return { stroke: path, fill: path };
  };
}
