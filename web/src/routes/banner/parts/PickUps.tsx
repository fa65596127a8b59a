import { IconPhoneIncoming } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '../../../api/client';
import { Dot } from '../../../ui/Dot';
import { Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { SteadyButton } from '../../../ui/SteadyButton';
import { pickUp } from '../state/actions';
import { groupOf } from '../state/model';
import { useBusy, useLine, useMe, usePost } from '../state/post';
import classes from './PickUps.module.css';

/** The calls he may take now, which wait or ring at a colleague; who has waited longest comes first. */
export const PickUps = memo(function PickUps() {
  const calls = useMe((me) => me.pickUps);
  return (
    <ul className={classes['list']}>
      {calls.map((call) => <Row key={call.id} call={call} />)}
    </ul>
  );
});

function Row({ call }: { readonly call: Schema<'PickUpCall'> }) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const group = useMe((me) => groupOf(me, call.group));
  const lost = useLine().state !== 'live';
  const busy = useBusy(`pickUp-${call.id}`);
  const number = call.caller === null ? t('common:withheld') : readable(call.caller);
  const who = call.callerName ?? number;
  const where = call.ringsAt ? t('pickUp.rings', { who: call.ringsAt.name }) : t('pickUp.waits');
  return (
    <li className={classes['row']}>
      <div className={classes['facts']}>
        <p className={classes['who']}>
          <strong dir="auto" title={who}>{who}</strong>
          {call.callerName !== null && <span className={classes['number']}>{number}</span>}
        </p>
        {group && <p className={classes['line']}><Dot colour={group.colour} /> <span title={group.name}>{group.name}</span></p>}
        <p className={classes['line']}><span title={where}>{where}</span> <Duration since={call.arrivedAt} /></p>
      </div>
      <SteadyButton
        variant="default"
        className={classes['take']}
        leftSection={<IconPhoneIncoming size={18} aria-hidden />}
        aria-label={t('pickUp.takeOf', { who })}
        busy={busy}
        off={lost}
        onClick={() => pickUp(post, call.id)}
      >
        {t('pickUp.take')}
      </SteadyButton>
    </li>
  );
}
