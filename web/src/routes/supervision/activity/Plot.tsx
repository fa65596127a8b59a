import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

import { clockTime } from '../../../ui/time';
import { drawn, looks, type Scheme } from './looks';
import classes from './Activity.module.css';
import type { Columns, Curve } from './quarters';

interface PlotProps {
  readonly columns: Columns;
  readonly curves: readonly Curve[];
  readonly scheme: Scheme;
  readonly zone: string;
  readonly label: string;
  /** The quarter under the pointer; null for none. */
  readonly point: (at: number | null) => void;
}

const height = 240;

/** Curves over the quarters of an hour, on a canvas. A table says the same to those who do not see it. */
export function Plot({ columns, curves, scheme, zone, label, point }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef({ columns, point });
  useEffect(() => {
    latest.current = { columns, point };
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const ink = scheme === 'dark' ? '#c9cdd2' : '#495057';
    const grid = { stroke: scheme === 'dark' ? '#34383d' : '#e6e9ec', width: 1 };
    const axis = { stroke: ink, font: '12px system-ui, sans-serif', grid, ticks: { show: false } };
    const made = new UPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), zone),
        scales: { y: { range: (_, __, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
        axes: [
          { ...axis, size: 28, space: 60, incrs: [900, 1800, 3600, 7200, 10_800, 14_400, 21_600], values: (_, at) => at.map((seconds) => clockTime(seconds * 1000, zone)) },
          { ...axis, size: 36, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
        ],
        series: [{}, ...curves.map((curve) => {
          const { colour, dash, shape, fill } = looks[curve];
          return {
            stroke: colour[scheme],
            width: 2,
            ...(dash.length > 0 && { dash: [...dash] }),
            ...(fill && { fill: `${colour[scheme]}22` }),
            points: { show: true, size: 8, fill: colour[scheme], stroke: colour[scheme], paths: drawn(shape) },
          };
        })],
        hooks: { setCursor: [(u) => latest.current.point(u.cursor.idx ?? null)] },
      },
      dataOf(latest.current.columns, curves),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [curves, scheme, zone]);

  useEffect(() => plot.current?.setData(dataOf(columns, curves)), [columns, curves]);

  return <div ref={host} className={classes['plot']} role="img" aria-label={label} />;
}

function dataOf({ at, values }: Columns, curves: readonly Curve[]): UPlot.AlignedData {
  return [[...at], ...curves.map((curve) => [...values[curve]])];
}
