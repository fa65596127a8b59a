import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { Countdown, Duration } from '../../../ui/Duration';
import { figureOf, limitOf, share } from '../state/model';
import { useMe } from '../state/post';
import classes from './Figure.module.css';

/** The large time of the banner. */
export function Figure() {
  const kind = useMe((me) => figureOf(me).kind);
  const at = useMe((me) => figureOf(me).at);
  return <span className={classes['figure']}>{kind === 'until' ? <Countdown until={at} /> : <Duration since={at} />}</span>;
}

interface RemainingProps {
  readonly from: string | null;
  readonly until: string | null;
  /** Turns red before the end. */
  readonly warns?: boolean;
}

// A step of a long span is too small to be seen moving.
const long = 120_000;

/** A line that shrinks until an instant; the time itself is said elsewhere. */
export function Remaining({ from, until, warns = false }: RemainingProps) {
  useSecond(until !== null);
  if (until === null) return null;
  const now = serverNow();
  const near = warns && limitOf({ pauseUntil: until, pauseOverran: false }, now) === 'near';
  const steps = from === null || Date.parse(until) - Date.parse(from) > long;
  return (
    <div className={classes['remaining']} data-near={near || undefined} aria-hidden>
      <div className={classes['bar']} data-steps={steps || undefined} style={{ transform: `scaleX(${share(from, until, now)})` }} />
    </div>
  );
}
