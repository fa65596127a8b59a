/** How long to wait before the nth try in a row, in milliseconds: 0.25 s doubling to 8 s, less up to a third. */
export function backoff(tries: number, random = Math.random()): number {
  return Math.min(250 * 2 ** Math.max(tries - 1, 0), 8000) * (1 - random / 3);
}
