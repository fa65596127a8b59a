/** How long to wait before the nth try in a row, in milliseconds: 0.25 s doubling to `most`, less up to a third. */
export function backoff(tries: number, random = Math.random(), most = 8000): number {
  return Math.min(250 * 2 ** Math.max(tries - 1, 0), most) * (1 - random / 3);
}
