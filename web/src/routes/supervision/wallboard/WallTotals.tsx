import { useTranslation } from 'react-i18next';

import { useVersion } from '../../../live/rows';
import { peopleOf, totalsOf } from '../groups/figures';
import { useLive } from '../live';
import classes from './Wallboard.module.css';
import { WallFigures } from './WallFigures';

/** All groups together, where the page has a place left. */
export function WallTotals({ people }: { readonly people: boolean }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  useVersion(floor.groups);
  useVersion(floor.operators);
  const totals = totalsOf(floor.groups.all());
  return (
    <li className={classes['group']} data-totals>
      <div className={classes['head']}>
        <h2 className={classes['name']}><span>{t('totals')}</span></h2>
      </div>
      <WallFigures
        waiting={totals.waiting}
        since={totals.waitingSince}
        people={people ? peopleOf(floor.operators.all()) : null}
        level={totals.percent === null ? '–' : t('percent', { percent: totals.percent })}
        abandoned={totals.abandoned}
      />
    </li>
  );
}
