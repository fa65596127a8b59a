import { serverNow } from '../live/clock';
import { useSecond } from '../live/ticker';

/** Seconds as m:ss, or h:mm:ss from one hour on. */
export function clockText(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const pad = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(s % 60)}` : `${minutes}:${pad(s % 60)}`;
}

interface DurationProps {
  /** The instant it runs from, as the server gave it; null shows a dash. */
  readonly since: string | null | undefined;
  /** Where it stopped; absent while it runs. */
  readonly until?: string | null | undefined;
}

/** How long something has lasted, to the second. */
export function Duration({ since, until }: DurationProps) {
  const running = Boolean(since) && !until;
  useSecond(running);
  if (!since) return <span>–</span>;
  const end = until ? Date.parse(until) : serverNow();
  return <time dateTime={since}>{clockText((end - Date.parse(since)) / 1000)}</time>;
}

/** Whole seconds left until an instant, never negative; null without one. */
export function useRemaining(until: string | null | undefined): number | null {
  useSecond(Boolean(until));
  return until ? Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1000)) : null;
}

/** How long it still is until an instant, to the second. */
export function Countdown({ until }: { readonly until: string | null | undefined }) {
  const left = useRemaining(until);
  return left === null ? <span>–</span> : <time dateTime={`PT${left}S`}>{clockText(left)}</time>;
}
