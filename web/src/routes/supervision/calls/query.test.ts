import { describe, expect, test } from 'vitest';

import { supervisionSearch } from '../search';
import { pageSize, queryOf, startOf } from './query';

describe('days', () => {
  test.each([
    ['2026-01-05', 'Europe/Paris', '2026-01-04T23:00:00.000Z'],
    ['2026-07-05', 'Europe/Paris', '2026-07-04T22:00:00.000Z'],
    // The days of the changes, and those after them.
    ['2026-03-29', 'Europe/Paris', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Paris', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Paris', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', 'Europe/Paris', '2026-10-25T23:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    ['2026-01-05', 'Pacific/Auckland', '2026-01-04T11:00:00.000Z'],
  ])('%s in %s begins at %s', (day, zone, at) => expect(startOf(day, zone)).toBe(at));

  test('the last day is included', () => {
    expect(queryOf({ from: '2026-02-28', to: '2026-02-28', number: '06' }, 'Europe/Paris')).toEqual({
      from: '2026-02-27T23:00:00.000Z', to: '2026-02-28T23:00:00.000Z', number: '06', limit: pageSize,
    });
  });
});

describe('the address', () => {
  test('holds the filter of the calls, and nothing else', () => {
    const filter = { from: '2026-01-05', direction: 'in', outcome: 'abandoned', group: 'g1', number: 33199001001 };
    expect(supervisionSearch({ view: 'calls', ...filter, to: 'soon', operator: '', other: 1 })).toEqual({ view: 'calls', ...filter, number: '33199001001' });
    expect(supervisionSearch({ view: 'groups', ...filter })).toEqual({ view: 'groups' });
    expect(supervisionSearch({ view: 'calls', direction: 'sideways', outcome: 'lost', from: '2026-13-45' })).toEqual({ view: 'calls' });
  });
});
