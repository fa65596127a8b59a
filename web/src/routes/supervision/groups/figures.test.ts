import { expect, test } from 'vitest';

import { Rows } from '../../../live/rows';
import type { Call } from '../../../live/floor';
import { call, group, operator } from '../testing';
import { alarmOf, averageText, byName, gapOf, levelOf, peopleOf, totalsOf, worstFirst } from './figures';
import { Queues } from './queues';

const collator = new Intl.Collator('fr', { numeric: true });
const none = (): number => 0;

test('a group is in alarm when callers wait and nobody is free', () => {
  expect(alarmOf(group('a', { waiting: 2, available: 0 }), 2)).toBe('nobody');
  expect(alarmOf(group('a', { waiting: 2, available: 0, loggedIn: 0 }), 2)).toBe('absent');
  expect(alarmOf(group('a', { waiting: 2, available: 1 }), 2)).toBeNull();
  // The only caller rings somewhere: he has found somebody.
  expect(alarmOf(group('a', { waiting: 1, available: 0 }), 0)).toBeNull();
});

test('the worst group comes first: unserved callers, then the gap, then the queue, then the name', () => {
  const groups = [
    group('calm 10'),
    group('calm 9'),
    group('busy', { waiting: 3 }),
    group('low', { day: { serviceLevelPercent: 50 } }),
    group('lower', { day: { serviceLevelPercent: 20 } }),
    group('late', { waiting: 1, available: 0, waitingSince: '2026-01-05T09:00:10.000Z' }),
    group('later', { waiting: 1, available: 0, waitingSince: '2026-01-05T09:00:00.000Z' }),
  ];
  const unserved = (id: string): number => (id.startsWith('late') ? 1 : 0);
  expect(worstFirst(groups, unserved, collator)).toEqual(['later', 'late', 'lower', 'low', 'busy', 'calm 9', 'calm 10']);
  expect(worstFirst(groups, none, collator)[0]).toBe('lower');
  expect(byName(groups, collator)).toEqual(['busy', 'calm 9', 'calm 10', 'late', 'later', 'low', 'lower']);
});

test('the service level is below its target, at it, or not known yet', () => {
  expect(levelOf(group('a', { day: { serviceLevelPercent: 79 } }))).toEqual({ percent: 79, target: 80, below: true });
  expect(levelOf(group('a', { day: { serviceLevelPercent: 80 } })).below).toBe(false);
  expect(levelOf(group('a'))).toEqual({ percent: null, target: 80, below: false });
  expect([50, 90].map((percent) => gapOf(group('a', { day: { serviceLevelPercent: percent } })))).toEqual([30, 0]);
  expect(gapOf(group('a'))).toBe(0);
});

test('the sum is of the calls, not of the groups', () => {
  const totals = totalsOf([
    group('a', { waiting: 1, waitingSince: '2026-01-05T09:00:05.000Z', day: { offered: 10, answered: 9, abandoned: 0, inLevel: 9, averageWaitSeconds: 10 } }),
    group('b', { waiting: 2, waitingSince: '2026-01-05T09:00:00.000Z', day: { offered: 4, answered: 1, abandoned: 1, overflowed: 1, inLevel: 0, averageWaitSeconds: 60 } }),
  ]);
  expect(totals).toEqual({
    waiting: 3, waitingSince: '2026-01-05T09:00:00.000Z', offered: 14, answered: 10, abandoned: 1, overflowed: 1, percent: 81, averageWait: 15,
  });
  expect(totalsOf([])).toMatchObject({ percent: null, averageWait: 0, waitingSince: null });
});

test('people count once, by what they do', () => {
  expect(peopleOf([
    operator('free', { groups: ['a', 'b'] }),
    operator('half', { groups: ['a', 'b'], suspended: ['a'] }),
    operator('suspended', { groups: ['a'], suspended: ['a'] }),
    operator('held', { activity: 'held' }),
    operator('rings', { activity: 'ringing', presence: 'paused' }),
    operator('writes', { activity: 'wrap_up' }),
    operator('pauses', { presence: 'paused' }),
    operator('gone', { presence: 'logged_out' }),
    operator('groupless', { groups: [] }),
  ])).toEqual({ loggedIn: 7, available: 2, inCall: 2, wrapUp: 1, paused: 1 });
});

test('an average of nothing is a dash', () => {
  expect([averageText(0), averageText(65), averageText(0, 3)]).toEqual(['–', '1:05', '0:00']);
});

test('queues count the calls that ring nowhere, and follow', () => {
  const calls = new Rows<Call>();
  const queues = new Queues(calls);
  expect(queues.unserved('sales')).toBe(0);
  calls.change([call('1'), call('2', { state: 'ringing' }), call('3', { state: 'talking' }), call('4', { group: 'help' }), call('5', { direction: 'out' })]);
  expect([queues.unserved('sales'), queues.unserved('help')]).toEqual([1, 1]);
  calls.change([call('1', { state: 'ringing' })]);
  expect(queues.unserved('sales')).toBe(0);
});
