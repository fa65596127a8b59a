import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { AlarmWord, Figure, LongestWait, ServiceLevel } from './Figure';
import { averageText } from './figures';
import classes from './Groups.module.css';
import { PeopleLine } from './PeopleLine';
import { useGroup } from './useGroup';

/** One group as a box; drawn anew when the group changes, not when the order does. */
export const GroupTile = memo(function GroupTile({ id }: { readonly id: string }) {
  const { t } = useTranslation('supervision');
  const now = useGroup(id);
  if (!now) return null;
  const { group, alarm, level } = now;
  const { today } = group;
  return (
    <li className={classes['tile']} data-alarm={alarm !== null} data-group={group.name}>
      <div className={classes['head']}>
        <h3 className={classes['name']}><Dot colour={group.colour} /> <span>{group.name}</span></h3>
        <div className={classes['under']}>
          <span>{t('groups.loggedIn', { count: group.loggedIn })}</span>
          {alarm && <AlarmWord alarm={alarm} />}
        </div>
      </div>
      <dl className={classes['main']}>
        <Figure big label={t('figures.waiting')}>{group.waiting}</Figure>
        <Figure big label={t('figures.longest')}><LongestWait since={group.waitingSince} limit={group.serviceLevel.seconds} /></Figure>
        <Figure big label={t('groups.target', { percent: level.target, seconds: group.serviceLevel.seconds })}><ServiceLevel level={level} /></Figure>
      </dl>
      <PeopleLine people={group} />
      <dl className={classes['day']}>
        <Figure label={t('figures.offered')}>{today.offered}</Figure>
        <Figure label={t('figures.answered')}>{today.answered}</Figure>
        <Figure label={t('figures.abandoned')}>{today.abandoned}</Figure>
        <Figure label={t('figures.overflowed')}>{today.overflowed}</Figure>
        <Figure label={t('figures.averageWait')}>{averageText(today.averageWaitSeconds, today.answered)}</Figure>
        <Figure label={t('figures.averageTalk')}>{averageText(today.averageTalkSeconds)}</Figure>
      </dl>
    </li>
  );
});
