import { Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { Countdown } from '../../../ui/Duration';
import { SteadyButton } from '../../../ui/SteadyButton';
import type { LiveCall } from '../state/model';
import { useBrowserTrouble } from '../state/useBrowser';
import { usePhone } from '../state/post';
import classes from './LostCall.module.css';

/** His browser was lost in the call: how long the other side is kept, and the click that resumes where one is needed. */
export function LostCall({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  const phone = usePhone();
  const trouble = useBrowserTrouble();
  if (!call.lostUntil) return null;
  return (
    <div className={classes['lost']}>
      <IconPlugConnectedX size={22} aria-hidden className={classes['icon']} />
      <div>
        <Text fw={600} role="alert">{t('lostCall.title')}</Text>
        <Text size="sm">{t('lostCall.text')} <strong aria-hidden><Countdown until={call.lostUntil} /></strong></Text>
      </div>
      {trouble === 'permission' && phone && <SteadyButton size="md" className={classes['resume']} onClick={() => void phone.ask()}>{t('mic.resume')}</SteadyButton>}
    </div>
  );
}
