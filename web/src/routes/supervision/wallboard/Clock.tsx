import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { clockTime, dayInWords } from '../../../ui/time';
import classes from './Wallboard.module.css';

/** The centre's time and date. */
export function Clock({ zone }: { readonly zone: string }) {
  useSecond();
  const now = serverNow();
  return (
    <span className={classes['clock']}>
      <span className={classes['date']}>{dayInWords(now, zone)}</span>
      <time className={classes['time']}>{clockTime(now, zone, true)}</time>
    </span>
  );
}
