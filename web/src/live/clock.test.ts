import { expect, test } from 'vitest';

import { learnClock, serverNow } from './clock';

test('durations follow the server, whatever this machine believes', () => {
  const here = Date.parse('2026-01-01T00:00:00Z');
  learnClock('2026-01-01T01:00:00.000Z', here);
  expect(serverNow(here)).toBe(Date.parse('2026-01-01T01:00:00Z'));
  // The same clock, seen through a message that came 400 ms late.
  learnClock('2026-01-01T01:00:10.000Z', here + 10_400);
  expect(serverNow(here + 10_400)).toBe(Date.parse('2026-01-01T01:00:10.400Z'));
  // This machine's clock was put right.
  learnClock('2026-01-01T01:00:20.000Z', here + 3_620_000);
  expect(serverNow(here + 3_620_000)).toBe(Date.parse('2026-01-01T01:00:20Z'));
});
