import { expect, test } from 'vitest';

import { gridOf, pagesOf, turn } from './rotation';

test('few groups are large, many come in pages', () => {
  expect([0, 1, 2, 3, 4, 5, 30].map((n) => gridOf(n, false)).map(({ columns, rows }) => `${columns}x${rows}`))
    .toEqual(['1x1', '1x1', '2x1', '2x2', '2x2', '3x2', '3x2']);
  expect([1, 3, 9].map((n) => gridOf(n, true).rows)).toEqual([1, 3, 4]);
  expect(pagesOf(['a', 'b', 'c'], 2)).toEqual([['a', 'b'], ['c']]);
  expect(pagesOf([], 6)).toEqual([[]]);
});

test('pages turn around the end, both ways', () => {
  expect([turn(0, 1, 3), turn(2, 1, 3), turn(0, -1, 3)]).toEqual([1, 0, 2]);
});
