import { expect, test, vi } from 'vitest';

import { Rows } from '../../live/rows';
import { Arranged, held, watch } from './arranged';

interface Row {
  readonly id: string;
  readonly n: number;
}

const upwards = (rows: readonly Row[]): string[] => rows.filter(({ n }) => n > 0).sort((a, b) => a.n - b.n).map(({ id }) => id);

function three(): { rows: Rows<Row>; arranged: Arranged<Row>; ids: () => readonly string[] } {
  const rows = new Rows<Row>();
  rows.reset([{ id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'c', n: 3 }]);
  const arranged = new Arranged(rows, upwards);
  return { rows, arranged, ids: () => arranged.shown.get().ids };
}

test('while it is held rows stay, leave when they are gone, and come last when they are new', () => {
  expect(held(['b', 'a', 'x'], ['a', 'c', 'b'], (id) => id !== 'x')).toEqual(['b', 'a', 'c']);
});

test('the order follows the rows, but not under a pointer', () => {
  const { rows, arranged, ids } = three();
  const leave = arranged.follow();
  rows.change([{ id: 'a', n: 9 }]);
  expect(ids()).toEqual(['b', 'c', 'a']);

  arranged.hold(true);
  rows.change([{ id: 'a', n: 1 }, { id: 'd', n: 0.5 }, { id: 'b', n: 0 }]);
  expect(ids()).toEqual(['b', 'c', 'a', 'd']); // b no longer belongs there and stays
  expect(arranged.shown.get().late).toBe(true);
  rows.change([], ['c']);
  expect(ids()).toEqual(['b', 'a', 'd']);

  arranged.hold(false);
  expect(ids()).toEqual(['d', 'a']);
  expect(arranged.shown.get().late).toBe(false);
  leave();
  rows.change([{ id: 'a', n: 0.1 }]);
  expect(ids()).toEqual(['d', 'a']);
});

test('another order is shown at once, held or not', () => {
  const { arranged, ids } = three();
  arranged.hold(true);
  arranged.arrangeBy((rows) => upwards(rows).reverse());
  expect(ids()).toEqual(['c', 'b', 'a']);
});

test('a batch of changes that moves nothing wakes nobody', () => {
  const { rows, arranged } = three();
  arranged.follow();
  const reader = vi.fn();
  arranged.shown.subscribe(reader);
  rows.change([{ id: 'a', n: 1.5 }, { id: 'c', n: 4 }]);
  expect(reader).not.toHaveBeenCalled();
  rows.change([{ id: 'a', n: 3 }, { id: 'c', n: 1 }]);
  expect(reader).toHaveBeenCalledOnce();
});

test('a mouse over it or the focus in it holds, a finger does not', () => {
  const ground = document.createElement('div');
  const [first, second] = [document.createElement('button'), document.createElement('button')];
  ground.append(first, second);
  document.body.append(ground);
  const told: boolean[] = [];
  const stop = watch(ground, (holding) => told.push(holding));
  ground.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'touch' }));
  ground.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
  first.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  ground.dispatchEvent(new PointerEvent('pointerleave', { pointerType: 'mouse' }));
  first.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: second }));
  second.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: null }));
  expect(told).toEqual([false, true, true, true, true, false]);
  stop();
  ground.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
  expect(told).toHaveLength(6);
  ground.remove();
});
