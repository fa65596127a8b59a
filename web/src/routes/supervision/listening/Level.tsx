import { IconVolume } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { meter } from '../../../phone/meter';
import classes from './Listening.module.css';
import { useListening } from './useListening';

/** How loud it is what he hears. */
export function Level() {
  const { t } = useTranslation('supervision');
  const track = useValue(useListening().phone.heard);
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!track) return undefined;
    const { current } = bar;
    const stop = meter(track, (level) => {
      if (current) current.style.transform = `scaleX(${level.toFixed(2)})`;
    });
    return () => {
      stop();
      if (current) current.style.transform = '';
    };
  }, [track]);
  return (
    <span className={classes['level']} role="img" aria-label={t('listening.level')}>
      <IconVolume size={16} aria-hidden />
      <span className={classes['track']}><span className={classes['loud']} ref={bar} /></span>
    </span>
  );
}
