import { NativeSelect, useComputedColorScheme } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { optional } from '../../../ui/Optional';
import { Failure, Loading } from '../../../ui/States';
import { clockTime } from '../../../ui/time';
import { useGroupNames } from '../groupNames';
import part from '../Part.module.css';
import { useUser } from '../user';
import { Scroll } from '../Scroll';
import classes from './Activity.module.css';
import { Legend } from './Legend';
import { columnsOf, worth, type Columns, type Curve, type Quarters } from './quarters';

// The drawing library comes with the first chart, not with the supervision.
const Plot = optional(async () => (await import('./Plot')).Plot);

const flow: readonly Curve[] = ['offered', 'answered', 'abandoned'];
const queue: readonly Curve[] = ['waiting'];

/** The day in quarters of an hour, of one group or of all. */
export function ActivityPart() {
  const { t } = useTranslation('supervision');
  const zone = useUser()?.centre.timeZone ?? 'UTC';
  const [group, setGroup] = useState('');
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['quarters', group],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/floor/quarters', { params: { query: group === '' ? {} : { group } }, signal })),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
  const groups = useGroupNames();
  return (
    <section className={part['part']} aria-labelledby="activity-title">
      <div className={part['bar']}>
        <h2 id="activity-title" className={part['title']}>{t('activity.title')}</h2>
        <span className={part['space']} />
        <NativeSelect
          className={classes['group']}
          aria-label={t('figures.group')}
          value={group}
          onChange={(event) => setGroup(event.currentTarget.value)}
          data={[{ value: '', label: t('allGroups') }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      </div>
      {isPending && <Loading />}
      {error && <Failure error={error} retry={() => void refetch()} />}
      {data && <Charts quarters={data} zone={zone} />}
    </section>
  );
}

function Charts({ quarters, zone }: { readonly quarters: Quarters; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const items = useMemo(() => worth(quarters), [quarters]);
  const columns = useMemo(() => columnsOf(items), [items]);
  return (
    <>
      <Chart title={t('activity.flow')} curves={flow} columns={columns} zone={zone} />
      <Chart title={t('activity.queue')} curves={queue} columns={columns} zone={zone} />
      <QuartersTable items={items} zone={zone} />
    </>
  );
}

interface ChartProps {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly columns: Columns;
  readonly zone: string;
}

function Chart({ title, curves, columns, zone }: ChartProps) {
  const { t } = useTranslation('supervision');
  const scheme = useComputedColorScheme('light');
  const [pointed, point] = useState<number | null>(null);
  const last = columns.at.length - 1;
  const at = pointed !== null && pointed <= last ? pointed : last;
  const from = columns.at[at];
  return (
    <figure className={`${part['card']} ${classes['chart']}`}>
      <figcaption className={classes['caption']}>
        <h3 className={classes['name']}>{title}</h3>
        {from !== undefined && <span className={classes['when']}>{t('activity.quarter', { time: clockTime(from * 1000, zone) })}</span>}
        <Legend curves={curves} columns={columns} at={at} scheme={scheme} />
      </figcaption>
      <Plot
        columns={columns} curves={curves} scheme={scheme} zone={zone} label={t('activity.label', { title })} point={point}
        fallback={<div className={classes['plot']}><Loading /></div>}
      />
    </figure>
  );
}

function QuartersTable({ items, zone }: { readonly items: Quarters['items']; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  return (
    <details className={classes['details']}>
      <summary>{t('activity.table')}</summary>
      <Scroll className={`${part['card'] ?? ''} ${classes['scroll'] ?? ''}`} label={t('activity.table')}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('activity.from')}</th>
              <th scope="col">{t('figures.offered')}</th>
              <th scope="col">{t('figures.answered')}</th>
              <th scope="col">{t('figures.abandoned')}</th>
              <th scope="col">{t('figures.overflowed')}</th>
              <th scope="col">{t('activity.waitingAtEnd')}</th>
            </tr>
          </thead>
          <tbody>
            {items.toReversed().map((item) => (
              <tr key={item.from}>
                <th scope="row">{clockTime(item.from, zone)}</th>
                <td>{item.offered}</td>
                <td>{item.answered}</td>
                <td>{item.abandoned}</td>
                <td>{item.overflowed}</td>
                <td>{item.waiting}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
