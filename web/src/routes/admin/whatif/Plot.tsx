import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

import { clockTime } from '../../../ui/time';
import { said, type Columns, type Drawn } from './figures';
import { colours, type Scheme } from './colours';
import classes from './WhatIf.module.css';

interface PlotProps {
  readonly columns: Columns;
  readonly figure: Drawn;
  readonly scheme: Scheme;
  readonly zone: string;
  readonly label: string;
}

const height = 260;

/** A figure over the half hours, with its interval as a band. A table says the same to those who do not see it. */
export function Plot({ columns, figure, scheme, zone, label }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const { simulated, recorded, ink, line } = colours[scheme];
    const axis = { stroke: ink, font: '12px system-ui, sans-serif', grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const edge = { stroke: 'transparent', width: 0, points: { show: false } };
    const share = figure !== 'answerSeconds';
    const made = new UPlot(
      {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), zone),
        scales: { y: { range: (_, __, max) => [0, share ? 1 : Math.max(10, max * 1.1)] } },
        axes: [
          { ...axis, size: 28, space: 60, incrs: [1800, 3600, 7200, 10_800, 14_400, 21_600], values: (_, at) => at.map((seconds) => clockTime(seconds * 1000, zone)) },
          { ...axis, size: 64, values: (_, at) => at.map((value) => said(figure, value)) },
        ],
        series: [
          {}, edge, edge,
          { stroke: simulated, width: 2, points: { show: true, size: 7, fill: simulated, stroke: simulated } },
          { stroke: recorded, width: 2, dash: [8, 4], points: { show: true, size: 7, fill: recorded, stroke: recorded } },
        ],
        bands: [{ series: [2, 1], fill: `${simulated}33` }],
      },
      [[...columns.at], [...columns.low], [...columns.high], [...columns.simulated], [...columns.recorded]],
      element,
    );
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [columns, figure, scheme, zone]);
  return <div ref={host} className={classes['plot']} role="img" aria-label={label} />;
}
