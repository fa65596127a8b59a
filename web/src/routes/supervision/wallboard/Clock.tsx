import { currentLanguage } from '../../../i18n';
import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { clockTime } from '../../../ui/time';
import classes from './Wallboard.module.css';

/** The centre's time and date. */
export function Clock({ zone }: { readonly zone: string }) {
  useSecond();
  const now = serverNow();
  const date = new Intl.DateTimeFormat(currentLanguage(), { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone }).format(now);
  return (
    <span className={classes['clock']}>
      <span className={classes['date']}>{date}</span>
      <time className={classes['time']}>{clockTime(now, zone, true)}</time>
    </span>
  );
}
