import { useTranslation } from 'react-i18next';

import type { Schema } from '../../../api/client';
import { useRow } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { clockText } from '../../../ui/Duration';
import { stateOf, Status } from '../../../ui/Status';
import { clockTime } from '../../../ui/time';
import { useLive } from '../live';
import { usePauseName } from '../pauses';
import { Scroll } from '../Scroll';
import { By } from './By';
import classes from './Day.module.css';
import { barsOf, marksOf, lanes, laneSeconds, windowOf, type DayInterval } from './geometry';

type OperatorDay = Schema<'OperatorDay'>;

interface OfDay {
  readonly day: OperatorDay;
  readonly zone: string;
}

/** The day as a picture: one line per state, so that colour is not what tells them apart. */
export function Timeline({ day, zone }: OfDay) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const window = windowOf(day.intervals, Date.parse(day.from), Date.parse(day.to));
  const marks = marksOf(window, zone);
  const x = (at: number): number => (1000 * (at - window.from)) / (window.to - window.from);
  return (
    <div className={classes['timeline']}>
      {lanes.map((lane) => {
        const total = clockText(laneSeconds(day.totals, lane));
        return (
          <div key={lane} className={classes['lane']} data-state={lane}>
            <Status size="sm" state={lane} />
            <svg
              className={classes['track']}
              viewBox="0 0 1000 10"
              preserveAspectRatio="none"
              role="img"
              aria-label={t('day.lane', { state: common(`state.${lane}`), time: total })}
            >
              {marks.map((at) => <line key={at} x1={x(at)} x2={x(at)} y1="0" y2="10" className={classes['mark']} />)}
              {barsOf(day.intervals, lane, window).map((bar) => <rect key={bar.x} x={bar.x} width={bar.width} y="1" height="8" className={classes['bar']} />)}
            </svg>
            <span className={classes['total']}>{total}</span>
          </div>
        );
      })}
      <div className={classes['lane']} aria-hidden>
        <span />
        <div className={classes['axis']}>
          {marks.filter((at) => x(at) > 20 && x(at) < 990).map((at) => (
            <span key={at} className={classes['tick']} style={{ left: `${x(at) / 10}%` }}>{clockTime(at, zone)}</span>
          ))}
        </div>
      </div>
    </div>
  );
}

/** The same as a table, newest first, with who caused each change. */
export function DayTable({ day, zone }: OfDay) {
  const { t } = useTranslation('supervision');
  return (
    <details className={classes['details']}>
      <summary>{t('day.table', { count: day.intervals.length })}</summary>
      <Scroll className={classes['scroll']} label={t('day.title')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('day.from')}</th>
              <th scope="col">{t('day.lasted')}</th>
              <th scope="col">{t('columns.state')}</th>
              <th scope="col">{t('figures.group')}</th>
              <th scope="col">{t('day.by')}</th>
            </tr>
          </thead>
          <tbody>
            {day.intervals.toReversed().map((interval) => <Line key={interval.from} interval={interval} to={day.to} zone={zone} />)}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

function Line({ interval, to, zone }: { readonly interval: DayInterval; readonly to: string; readonly zone: string }) {
  const { floor } = useLive();
  const nameOf = usePauseName();
  const group = useRow(floor.groups, interval.group);
  const state = stateOf(interval);
  return (
    <tr>
      <td>{clockTime(interval.from, zone, true)}</td>
      <td>{clockText((Date.parse(interval.to ?? to) - Date.parse(interval.from)) / 1000)}</td>
      <td><Status size="sm" state={state} word={state === 'paused' ? nameOf(interval.pauseType) : undefined} /></td>
      <td>{group && <><Dot colour={group.colour} /> {group.name}</>}</td>
      <td><By actor={interval.by} /></td>
    </tr>
  );
}
