import { IconAlertTriangle, IconArrowDown, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { clockText } from '../../../ui/Duration';
import classes from './Figure.module.css';
import type { Alarm, Level } from './figures';

interface FigureProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly big?: boolean;
}

/** A number under its name. */
export function Figure({ label, children, big = false }: FigureProps) {
  return (
    <div className={classes['figure']} data-big={big}>
      <dt className={classes['label']}>{label}</dt>
      <dd className={classes['value']}>{children}</dd>
    </div>
  );
}

interface LongestWaitProps {
  readonly since: string | null;
  /** Marked when it is longer than this. */
  readonly limit?: number;
}

/** How long the first caller has waited; marked with a sign when that is too long. */
export function LongestWait({ since, limit = Number.POSITIVE_INFINITY }: LongestWaitProps) {
  const { t } = useTranslation('supervision');
  useSecond(since !== null);
  if (since === null) return <span>–</span>;
  const seconds = (serverNow() - Date.parse(since)) / 1000;
  const late = seconds > limit;
  return (
    <span className={late ? classes['bad'] : undefined}>
      <time dateTime={since}>{clockText(seconds)}</time>
      {late && <IconAlertTriangle className={classes['sign']} role="img" aria-label={t('groups.tooLong')} />}
    </span>
  );
}

/** The service level of the day against its target, with sign and word. */
export function ServiceLevel({ level }: { readonly level: Level }) {
  const { t } = useTranslation('supervision');
  if (level.percent === null) return <span>–</span>;
  return (
    <span className={level.below ? classes['bad'] : undefined}>
      {t('percent', { percent: level.percent })}
      {level.below
        ? <IconArrowDown className={classes['sign']} role="img" aria-label={t('groups.below')} />
        : <IconCircleCheck className={`${classes['sign']} ${classes['good']}`} role="img" aria-label={t('groups.reached')} />}
    </span>
  );
}

/** Says that a group needs somebody now. */
export function AlarmWord({ alarm }: { readonly alarm: Alarm }) {
  const { t } = useTranslation('supervision');
  return (
    <span className={classes['alarm']}>
      <IconAlertTriangle aria-hidden className={classes['alarmSign']} />
      {t(`alarm.${alarm}`)}
    </span>
  );
}
