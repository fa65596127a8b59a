import { memo } from 'react';

import { Dot } from '../../../ui/Dot';
import { AlarmWord, ServiceLevel } from '../groups/Figure';
import { useGroup } from '../groups/useGroup';
import classes from './Wallboard.module.css';
import { WallFigures } from './WallFigures';

/** One group, to be read across a room. */
export const WallGroup = memo(function WallGroup({ id }: { readonly id: string }) {
  const now = useGroup(id);
  if (!now) return null;
  const { group, alarm, level } = now;
  return (
    <li className={classes['group']} data-alarm={alarm !== null}>
      <div className={classes['head']}>
        <h2 className={classes['name']}><Dot colour={group.colour} /> <span>{group.name}</span></h2>
        <span className={classes['alarm']}>{alarm && <AlarmWord alarm={alarm} />}</span>
      </div>
      <WallFigures
        waiting={group.waiting}
        since={group.waitingSince}
        limit={group.serviceLevel.seconds}
        people={group}
        level={<ServiceLevel level={level} />}
        abandoned={group.today.abandoned}
      />
    </li>
  );
});
