import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { Countdown, Duration } from '../../../ui/Duration';
import { figureOf, share } from '../state/model';
import { useMe } from '../state/post';
import classes from './Figure.module.css';

/** The large time of the banner. */
export function Figure() {
  const kind = useMe((me) => figureOf(me).kind);
  const at = useMe((me) => figureOf(me).at);
  return <span className={classes['figure']}>{kind === 'until' ? <Countdown until={at} /> : <Duration since={at} />}</span>;
}

/** A line that shrinks until an instant; the time itself is said elsewhere. */
export function Remaining({ from, until, near = false }: { readonly from: string | null; readonly until: string | null; readonly near?: boolean }) {
  useSecond(until !== null);
  if (until === null) return null;
  return (
    <svg className={classes['remaining']} data-near={near || undefined} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
      <rect width="100" height="1" className={classes['track']} />
      <rect width={100 * share(from, until, serverNow())} height="1" className={classes['bar']} />
    </svg>
  );
}
