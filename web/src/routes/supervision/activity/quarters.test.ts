import { expect, test } from 'vitest';

import { corners } from './looks';
import { columnsOf, worth, type Quarters } from './quarters';

function quarters(offered: readonly number[]): Quarters {
  const items = offered.map((n, at) => ({
    from: new Date(Date.UTC(2026, 0, 5, 0, 15 * at)).toISOString(), offered: n, answered: n, abandoned: 0, overflowed: 0, waiting: 0,
  }));
  return { group: null, from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T23:00:00.000Z', items };
}

test('the picture begins with the hour of the first call and shows two hours at least', () => {
  const day = [...Array.from({ length: 34 }, () => 0), 3, ...Array.from({ length: 15 }, () => 1)];
  expect(worth(quarters(day))[0]?.from).toBe('2026-01-05T08:00:00.000Z');
  expect(worth(quarters(day.slice(0, 35)))).toHaveLength(8);
  expect(worth(quarters(Array.from({ length: 40 }, () => 0)))).toHaveLength(8);
  expect(worth(quarters([0, 1]))).toHaveLength(2);
});

test('quarters become columns in seconds', () => {
  expect(columnsOf(quarters([2, 5]).items)).toEqual({
    at: [1_767_571_200, 1_767_572_100], values: { offered: [2, 5], answered: [2, 5], abandoned: [0, 0], waiting: [0, 0] },
  });
});

test('each shape has corners of its own', () => {
  expect(new Set((['square', 'triangle', 'diamond'] as const).map((shape) => JSON.stringify(corners(shape, 0, 0, 4)))).size).toBe(3);
  expect(corners('square', 10, 10, 2)).toContainEqual([8, 8]);
});
