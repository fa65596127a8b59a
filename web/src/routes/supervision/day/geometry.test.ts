import { expect, test } from 'vitest';

import { barsOf, laneOf, laneSeconds, marksOf, occupancyOf, windowOf, type DayInterval } from './geometry';

const at = (time: string): number => Date.parse(`2026-01-05T${time}:00.000Z`);

function interval(from: string, to: string | null, change: Partial<DayInterval> = {}): DayInterval {
  return {
    from: new Date(at(from)).toISOString(), to: to === null ? null : new Date(at(to)).toISOString(), presence: 'available', pauseType: null,
    activity: 'idle', call: null, group: null, cause: '', by: { kind: 'system', name: null }, ...change,
  };
}

test('dialling and holding are drawn as a conversation, a paused one who talks too', () => {
  expect([
    laneOf(interval('08:00', null)), laneOf(interval('08:00', null, { presence: 'paused' })),
    laneOf(interval('08:00', null, { presence: 'paused', activity: 'held' })), laneOf(interval('08:00', null, { activity: 'dialing' })),
    laneOf(interval('08:00', null, { activity: 'wrap_up' })),
  ]).toEqual(['available', 'paused', 'talking', 'talking', 'wrap_up']);
});

test('the picture begins with the first interval, lasts an hour at least, and stays within the day', () => {
  const midnight = at('00:00');
  expect(windowOf([interval('08:00', null)], midnight, at('12:00'))).toEqual({ from: at('08:00'), to: at('12:00') });
  expect(windowOf([interval('11:50', null)], midnight, at('12:00'))).toEqual({ from: at('11:00'), to: at('12:00') });
  expect(windowOf([interval('00:10', null)], midnight, at('00:20'))).toEqual({ from: midnight, to: at('00:20') });
  expect(windowOf([], midnight, at('12:00'))).toEqual({ from: at('11:00'), to: at('12:00') });
});

test('bars are where their time is; the running one ends now, neighbours are one', () => {
  const window = { from: at('08:00'), to: at('12:00') };
  const day = [
    interval('07:00', '09:00'), interval('09:00', '10:00', { activity: 'talking' }), interval('10:00', '10:30', { activity: 'held' }),
    interval('10:30', '11:00', { activity: 'wrap_up' }), interval('11:00', null),
  ];
  expect(barsOf(day, 'available', window)).toEqual([{ x: 0, width: 250 }, { x: 750, width: 250 }]);
  expect(barsOf(day, 'talking', window)).toEqual([{ x: 250, width: 375 }]);
  expect(barsOf(day, 'paused', window)).toEqual([]);
  expect(barsOf(day, 'available', { from: window.to, to: window.to })).toEqual([]);
});

test('a short moment can be seen, and a thousand calls are few bars', () => {
  const window = { from: at('00:00'), to: at('23:00') };
  const short = barsOf([interval('08:00', '08:01', { activity: 'ringing' })], 'ringing', window);
  expect(short).toHaveLength(1);
  expect(short[0]?.width).toBe(1);
  const many = Array.from({ length: 1000 }, (_, n) => ({
    ...interval('08:00', null, { activity: 'talking' }),
    from: new Date(at('08:00') + n * 40_000).toISOString(), to: new Date(at('08:00') + n * 40_000 + 30_000).toISOString(),
  }));
  expect(barsOf(many, 'talking', window).length).toBeLessThan(5);
});

test('marks are round times of the centre, wherever it is', () => {
  const utc = (times: readonly number[]): string[] => times.map((time) => new Date(time).toISOString().slice(11, 16));
  expect(utc(marksOf({ from: at('07:10'), to: at('11:00') }, 'Europe/Paris'))).toEqual(['07:30', '08:00', '08:30', '09:00', '09:30', '10:00', '10:30', '11:00']);
  expect(utc(marksOf({ from: at('06:00'), to: at('18:00') }, 'Europe/Paris'))).toEqual(['07:00', '09:00', '11:00', '13:00', '15:00', '17:00']);
  // Half an hour beside: 12:00 there is 06:30 here.
  expect(utc(marksOf({ from: at('06:00'), to: at('18:00') }, 'Asia/Kolkata'))).toEqual(['06:30', '08:30', '10:30', '12:30', '14:30', '16:30']);
});

test('the sums of the day', () => {
  const totals = { loggedIn: 1000, available: 200, paused: 200, ringing: 50, talking: 450, wrapUp: 100 };
  expect([laneSeconds(totals, 'wrap_up'), laneSeconds(totals, 'talking')]).toEqual([100, 450]);
  expect(occupancyOf(totals)).toBe(75);
  expect(occupancyOf({ loggedIn: 10, available: 0, paused: 10, ringing: 0, talking: 0, wrapUp: 0 })).toBeNull();
});
