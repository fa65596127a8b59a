import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { AlarmWord, LongestWait, ServiceLevel } from '../groups/Figure';
import { useGroup } from '../groups/useGroup';
import classes from './Wallboard.module.css';

/** One group, to be read across a room. */
export function WallGroup({ id }: { readonly id: string }) {
  const { t } = useTranslation('supervision');
  const now = useGroup(id);
  if (!now) return null;
  const { group, alarm, level } = now;
  return (
    <li className={classes['group']} data-alarm={alarm !== null}>
      <div className={classes['head']}>
        <h2 className={classes['name']}><Dot colour={group.colour} /> <span>{group.name}</span></h2>
        <span className={classes['alarm']}>{alarm && <AlarmWord alarm={alarm} />}</span>
      </div>
      <dl className={classes['figures']}>
        <div className={classes['huge']}>
          <dt>{t('figures.waiting')}</dt>
          <dd>{group.waiting}</dd>
        </div>
        <div className={classes['big']}>
          <dt>{t('figures.longest')}</dt>
          <dd><LongestWait since={group.waitingSince} limit={group.serviceLevel.seconds} /></dd>
        </div>
        <div className={classes['big']}>
          <dt>{t('people.available')}</dt>
          <dd>{group.available}<span className={classes['of']}> / {group.loggedIn}</span></dd>
        </div>
        <div className={classes['big']}>
          <dt>{t('figures.level')}</dt>
          <dd><ServiceLevel level={level} /></dd>
        </div>
        <div className={classes['big']}>
          <dt>{t('figures.abandoned')}</dt>
          <dd>{group.today.abandoned}</dd>
        </div>
      </dl>
    </li>
  );
}
