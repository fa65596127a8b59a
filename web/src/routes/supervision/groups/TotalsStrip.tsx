import { useTranslation } from 'react-i18next';

import { useVersion } from '../../../live/rows';
import { useLive } from '../live';
import { useUser } from '../user';
import { Figure, LongestWait } from './Figure';
import { averageText, peopleOf, totalsOf } from './figures';
import classes from './TotalsStrip.module.css';

/** The sum over all groups the person sees. People are left out for those who may not see them. */
export function TotalsStrip() {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const user = useUser();
  useVersion(floor.groups);
  useVersion(floor.operators);
  const totals = totalsOf(floor.groups.all());
  const people = peopleOf(floor.operators.all());
  return (
    <section aria-label={t('totals')} className={classes['strip']}>
      <dl className={classes['now']}>
        <Figure big label={t('figures.waiting')}>{totals.waiting}</Figure>
        <Figure big label={t('figures.longest')}><LongestWait since={totals.waitingSince} /></Figure>
        {user?.rights.operatorDetail && (
          <>
            <Figure big label={t('people.available')}>{people.available}</Figure>
            <Figure big label={t('people.inCall')}>{people.inCall}</Figure>
            <Figure big label={t('people.wrapUp')}>{people.wrapUp}</Figure>
            <Figure big label={t('people.paused')}>{people.paused}</Figure>
            <Figure big label={t('people.loggedIn')}>{people.loggedIn}</Figure>
          </>
        )}
      </dl>
      <dl className={classes['day']}>
        <Figure label={t('figures.offered')}>{totals.offered}</Figure>
        <Figure label={t('figures.answered')}>{totals.answered}</Figure>
        <Figure label={t('figures.abandoned')}>{totals.abandoned}</Figure>
        <Figure label={t('figures.overflowed')}>{totals.overflowed}</Figure>
        <Figure label={t('figures.level')}>{totals.percent === null ? '–' : t('percent', { percent: totals.percent })}</Figure>
        <Figure label={t('figures.averageWait')}>{averageText(totals.averageWait, totals.answered)}</Figure>
      </dl>
    </section>
  );
}
