import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { Scroll } from '../Scroll';
import { AlarmWord, LongestWait, ServiceLevel } from './Figure';
import { averageText } from './figures';
import classes from './Groups.module.css';
import { useGroup } from './useGroup';

/** The groups as a table; it scrolls sideways where the screen is narrow. */
export function GroupRows({ ids }: { readonly ids: readonly string[] }) {
  const { t } = useTranslation('supervision');
  return (
    <Scroll className={classes['scroll']} label={t('groups.title')}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t('figures.group')}</th>
            <th scope="col">{t('figures.waiting')}</th>
            <th scope="col">{t('figures.longest')}</th>
            <th scope="col">{t('people.available')}</th>
            <th scope="col">{t('people.inCall')}</th>
            <th scope="col">{t('people.wrapUp')}</th>
            <th scope="col">{t('people.paused')}</th>
            <th scope="col">{t('people.loggedIn')}</th>
            <th scope="col">{t('figures.level')}</th>
            <th scope="col">{t('figures.offered')}</th>
            <th scope="col">{t('figures.answered')}</th>
            <th scope="col">{t('figures.abandoned')}</th>
            <th scope="col">{t('figures.overflowed')}</th>
            <th scope="col">{t('figures.averageWait')}</th>
            <th scope="col">{t('figures.averageTalk')}</th>
          </tr>
        </thead>
        <tbody>{ids.map((id) => <GroupRow key={id} id={id} />)}</tbody>
      </table>
    </Scroll>
  );
}

const GroupRow = memo(function GroupRow({ id }: { readonly id: string }) {
  const { t } = useTranslation('supervision');
  const now = useGroup(id);
  if (!now) return null;
  const { group, alarm, level } = now;
  const { today } = group;
  return (
    <tr data-alarm={alarm !== null} data-group={group.name}>
      <th scope="row">
        <span className={classes['rowName']}><Dot colour={group.colour} /> <span>{group.name}</span></span>
        {alarm && <span className={classes['rowAlarm']}><AlarmWord alarm={alarm} /></span>}
      </th>
      <td className={classes['strong']}>{group.waiting}</td>
      <td className={classes['strong']}><LongestWait since={group.waitingSince} limit={group.serviceLevel.seconds} /></td>
      <td>{group.available}</td>
      <td>{group.inCall}</td>
      <td>{group.wrapUp}</td>
      <td>{group.paused}</td>
      <td>{group.loggedIn}</td>
      <td className={classes['strong']}>
        <ServiceLevel level={level} />
        <span className={classes['of']}>{t('groups.of', { percent: level.target })}</span>
      </td>
      <td>{today.offered}</td>
      <td>{today.answered}</td>
      <td>{today.abandoned}</td>
      <td>{today.overflowed}</td>
      <td>{averageText(today.averageWaitSeconds, today.answered)}</td>
      <td>{averageText(today.averageTalkSeconds)}</td>
    </tr>
  );
});
