import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import type { FloorOperator } from '../../../live/floor';
import { clockText } from '../../../ui/Duration';
import { Failure, Loading } from '../../../ui/States';
import { Figure } from '../groups/Figure';
import { averageText } from '../groups/figures';
import { busy as inCall } from './actions';
import classes from './Day.module.css';
import { Calls, Sessions } from './DayLists';
import { occupancyOf } from './geometry';
import { DayTable, Timeline } from './Timeline';

/** What he did today. Read again when his state changes, and each half minute. */
export function Day({ operator, zone }: { readonly operator: FloorOperator; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { id, presence, pauseType, activitySince, presenceSince, today } = operator;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['day', id, presence, pauseType, activitySince, presenceSince],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/floor/operators/{id}/day', { params: { path: { id } }, signal })),
    // Of the same operator what was known stays while it is read again.
    placeholderData: (before, query) => (query?.queryKey[1] === id ? keepPreviousData(before) : undefined),
    refetchInterval: 30_000,
  });
  if (isPending) return <Loading />;
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  const occupancy = occupancyOf(data.totals);
  return (
    <>
      <section aria-labelledby="day-title">
        <h3 id="day-title" className={classes['heading']}>{t('day.title')}</h3>
        <dl className={classes['figures']}>
          <Figure label={t('columns.in')}>{today.answered}</Figure>
          <Figure label={t('columns.out')}>{today.out}</Figure>
          <Figure label={t('columns.missed')}>{today.missed}</Figure>
          <Figure label={t('columns.talk')}>{averageText(today.averageTalkSeconds)}</Figure>
          <Figure label={t('day.loggedIn')}>{clockText(data.totals.loggedIn)}</Figure>
          <Figure label={t('day.occupancy')}>{occupancy === null ? '–' : t('percent', { percent: occupancy })}</Figure>
        </dl>
        {data.intervals.length === 0
          ? <p className={classes['none']}>{t('day.nothing')}</p>
          : (
              <>
                <Timeline day={data} zone={zone} />
                <DayTable day={data} zone={zone} />
              </>
            )}
      </section>
      <section aria-labelledby="day-sessions">
        <h3 id="day-sessions" className={classes['heading']}>{t('day.sessions')}</h3>
        <Sessions sessions={data.sessions} zone={zone} />
      </section>
      <section aria-labelledby="day-calls">
        <h3 id="day-calls" className={classes['heading']}>{t('day.calls')}</h3>
        <Calls calls={data.calls} current={inCall(operator) ? operator.call : null} zone={zone} />
      </section>
    </>
  );
}
