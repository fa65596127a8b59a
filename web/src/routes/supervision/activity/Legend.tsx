import { useTranslation } from 'react-i18next';

import classes from './Activity.module.css';
import { corners, looks, type Scheme } from './looks';
import type { Columns, Curve } from './quarters';

interface LegendProps {
  readonly curves: readonly Curve[];
  readonly columns: Columns;
  /** The quarter whose values are told. */
  readonly at: number;
  readonly scheme: Scheme;
}

/** Stroke, shape and name of each curve, and its value in one quarter. */
export function Legend({ curves, columns, at, scheme }: LegendProps) {
  const { t } = useTranslation('supervision');
  return (
    <dl className={classes['legend']}>
      {curves.map((curve) => {
        const { colour, dash, shape } = looks[curve];
        const ink = colour[scheme];
        return (
          <div key={curve} className={classes['entry']}>
            <dt>
              <svg viewBox="0 0 32 12" className={classes['sample']} aria-hidden>
                <line x1="0" x2="32" y1="6" y2="6" stroke={ink} strokeWidth="2" strokeDasharray={dash.join(' ')} />
                {shape === 'circle'
                  ? <circle cx="16" cy="6" r="4" fill={ink} />
                  : <polygon points={corners(shape, 16, 6, 4).map((corner) => corner.join(',')).join(' ')} fill={ink} />}
              </svg>
              {t(`figures.${curve}`)}
            </dt>
            <dd>{columns.values[curve][at] ?? 0}</dd>
          </div>
        );
      })}
    </dl>
  );
}
