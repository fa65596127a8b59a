import { IconBroadcast, IconCloudOff, IconLoader2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../live/value';
import { clockTime } from '../../ui/time';
import classes from './Header.module.css';
import { useLive } from './live';

/** Whether what is shown follows the centre, as sign and word. */
export function ConnectionWord({ zone }: { readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const connection = useValue(floor.connection);
  switch (connection.state) {
    case 'live':
      return (
        <span className={classes['connection']} data-state="live">
          <IconBroadcast size={16} aria-hidden className={classes['sign']} />
          {t('connection.live')}
        </span>
      );
    case 'stale':
      return (
        <span className={classes['connection']} data-state="stale">
          <IconCloudOff size={16} aria-hidden className={classes['sign']} />
          {t('connection.stale', { time: clockTime(connection.at, zone, true) })}
        </span>
      );
    case 'connecting':
    case 'refused':
      return (
        <span className={classes['connection']} data-state="connecting">
          <IconLoader2 size={16} aria-hidden className={classes['sign']} />
          {t('connection.connecting')}
        </span>
      );
  }
}
