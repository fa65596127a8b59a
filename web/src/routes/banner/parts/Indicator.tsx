import { IconAlertTriangle, IconPhoneCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { serverNow } from '../../../live/clock';
import { useValue } from '../../../live/value';
import { noticesOf } from '../state/notices';
import { useLine, usePost } from '../state/post';
import classes from './Indicator.module.css';
import { usePhoneText } from './usePhoneText';

/** All is well, or not: what is wrong is said in the notices. */
export function Indicator() {
  const { t } = useTranslation(['banner', 'common']);
  const me = useValue(usePost().line.me);
  const line = useLine();
  const phone = usePhoneText();
  const wrong = noticesOf(me, line, serverNow()).some(({ kind }) => kind === 'lost' || kind === 'phone' || kind === 'noGroup');
  const text = line.state === 'lost' ? t('notice.away') : phone;
  return (
    <span className={classes['indicator']} data-wrong={wrong || undefined} role="img" aria-label={text} title={text}>
      {wrong ? <IconAlertTriangle size={20} aria-hidden /> : <IconPhoneCheck size={20} aria-hidden />}
    </span>
  );
}
