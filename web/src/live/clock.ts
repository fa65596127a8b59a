// The server's clock, as far as this page knows it. Durations on the screen are the
// server's instants subtracted from it, so a wrong clock of this machine shows nowhere.

let ahead = 0; // milliseconds the server is ahead of this machine
let known = false;

/** Learns from an instant the server has just sent. */
export function learnClock(at: string, now = Date.now()): void {
  const skew = Date.parse(at) - now;
  if (Number.isNaN(skew)) return;
  // A message is late, never early: the largest difference seen is the nearest to the
  // truth. A jump of either clock by more than ten seconds starts anew.
  if (!known || skew > ahead || ahead - skew > 10_000) ahead = skew;
  known = true;
}

/** Milliseconds since 1970 on the server's clock. */
export function serverNow(now = Date.now()): number {
  return now + ahead;
}
