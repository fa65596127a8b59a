import { IconAlertTriangle, IconPhoneCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { noticesOf, type Notice } from '../state/notices';
import { useLine } from '../state/post';
import classes from './Indicator.module.css';
import { usePhoneText } from './usePhoneText';
import { useStanding } from './useStanding';

/** All is well, or not: what is wrong is said in the notices. */
export function Indicator() {
  const { t } = useTranslation(['banner', 'common']);
  const standing = useStanding();
  const line = useLine();
  const phone = usePhoneText();
  const wrong = noticesOf(standing, line, 0).find(({ kind }) => kind === 'lost' || kind === 'phone' || kind === 'browser' || kind === 'noGroup')?.kind;
  const texts: Partial<Record<Notice['kind'], string>> = { lost: t('notice.away'), noGroup: t('groups.none') };
  const text = (wrong && texts[wrong]) ?? phone;
  return (
    <span className={classes['indicator']} data-wrong={wrong !== undefined || undefined} role="img" aria-label={text} title={text}>
      {wrong === undefined ? <IconPhoneCheck size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
    </span>
  );
}
