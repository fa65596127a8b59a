import { expect, test, vi } from 'vitest';

import { Rows } from './rows';

interface Row {
  id: string;
  n: number;
}

test('a changed row wakes its own readers only', () => {
  const rows = new Rows<Row>();
  rows.reset([{ id: 'a', n: 1 }, { id: 'b', n: 1 }]);
  const [a, b, list, any] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  rows.subscribe('a', a);
  rows.subscribe('b', b);
  rows.subscribeList(list);
  rows.subscribeAll(any);
  rows.change([{ id: 'a', n: 2 }]);
  expect([a, b, list, any].map((f) => f.mock.calls.length)).toEqual([1, 0, 0, 1]);
  expect(rows.get('a')?.n).toBe(2);
});

test('a fresh snapshot keeps what is as before and drops what is gone', () => {
  const rows = new Rows<Row>();
  rows.reset([{ id: 'a', n: 1 }, { id: 'b', n: 1 }]);
  const [a, b] = [vi.fn(), vi.fn()];
  rows.subscribe('a', a);
  rows.subscribe('b', b);
  const before = rows.get('a');
  rows.reset([{ id: 'a', n: 1 }, { id: 'c', n: 1 }]);
  expect(rows.get('a')).toBe(before);
  expect(a).not.toHaveBeenCalled();
  expect(b).toHaveBeenCalledOnce();
  expect(rows.ids()).toEqual(['a', 'c']);
});

test('who has left is not woken', () => {
  const rows = new Rows<Row>();
  const reader = vi.fn();
  rows.subscribe('a', reader)();
  rows.subscribeAll(reader)();
  rows.change([{ id: 'a', n: 1 }]);
  expect(reader).not.toHaveBeenCalled();
});
