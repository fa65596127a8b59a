import { Text } from '@mantine/core';
import { IconCheck, IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { Countdown, Duration } from '../../../ui/Duration';
import { SteadyButton } from '../../../ui/SteadyButton';
import { becomeAvailable, extendWrapUp, finishWrapUp } from '../state/actions';
import { limitOf, mayBeAvailable } from '../state/model';
import { useBusy, useLine, useMe, usePost } from '../state/post';
import classes from './Outside.module.css';

const more = [30, 120] as const;

/** After the call: finish at once, or take more time. */
export function WrapUpActions() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const limited = useMe((me) => me.wrapUpUntil !== null);
  const lost = useLine().state !== 'live';
  const finishing = useBusy('finish');
  const extending = [useBusy('extend30'), useBusy('extend120')];
  return (
    <div className={classes['actions']}>
      <SteadyButton size="md" className={classes['main']} leftSection={<IconCheck size={20} aria-hidden />} busy={finishing} off={lost} onClick={() => finishWrapUp(post)}>
        {t('wrapUp.finish')}
      </SteadyButton>
      {limited && more.map((seconds, i) => (
        <SteadyButton key={seconds} size="md" variant="default" busy={extending[i] ?? false} off={lost}
          leftSection={<IconPlus size={16} aria-hidden />} aria-label={t(`wrapUp.extend${seconds}`)} onClick={() => extendWrapUp(post, seconds)}>
          {t(`wrapUp.plus${seconds}`)}
        </SteadyButton>
      ))}
    </div>
  );
}

/** The limit of the pause, its warning, and the way back. */
export function PauseActions() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const until = useMe((me) => me.pauseUntil);
  const overran = useMe((me) => me.pauseOverran);
  const may = useMe(mayBeAvailable);
  const lost = useLine().state !== 'live';
  const busy = useBusy('available');
  useSecond(until !== null);
  const limit = limitOf({ pauseUntil: until, pauseOverran: overran }, serverNow());
  return (
    <div className={classes['pause']}>
      {limit === 'far' && <Text className={classes['limit']}>{t('pause.left')} <strong><Countdown until={until} /></strong></Text>}
      {limit === 'near' && (
        <Text className={classes['limit']} data-near role="status">
          {t('pause.near')} <strong aria-hidden><Countdown until={until} /></strong>
        </Text>
      )}
      {limit === 'over' && <Text className={classes['limit']} data-over role="status">{t('pause.over')} <strong aria-hidden><Duration since={until} /></strong></Text>}
      <SteadyButton size="md" fullWidth className={classes['back']} leftSection={<IconPlayerPlay size={20} aria-hidden />} busy={busy} off={lost || !may} onClick={() => becomeAvailable(post)}>
        {t('status.makeAvailable')}
      </SteadyButton>
    </div>
  );
}
