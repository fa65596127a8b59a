import { expect, test } from 'vitest';

import type { PauseType } from '../parts/kinds';
import { moved, nameIn, ordered } from './values';

function type(id: string, order: number, names: Partial<PauseType['names']> = {}): PauseType {
  return {
    id, order, names: { fr: '', en: '', it: '', es: '', ...names }, colour: '#475569', maxMinutes: null, productive: false, login: false,
    createdAt: '2026-01-01T08:00:00.000Z', updatedAt: '2026-01-01T08:00:00.000Z',
  };
}

test('a move writes only what changes its place', () => {
  const types = [type('a', 1), type('b', 2), type('c', 3), type('d', 4)];
  const { types: after, moves } = moved(types, 1, 2);
  expect(after.map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd']);
  expect(moves).toEqual([{ id: 'c', order: 2 }, { id: 'b', order: 3 }]);
});

test('equal and missing orders are put right with the first move', () => {
  const { moves } = moved([type('a', 7), type('b', 7), type('c', 9)], 2, 0);
  expect(moves).toEqual([{ id: 'c', order: 1 }, { id: 'a', order: 2 }, { id: 'b', order: 3 }]);
});

test('types stand in their order, whatever the list was', () => {
  expect(ordered([type('b', 2), type('a', 1)]).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a name is that of the language, else one there is', () => {
  expect(nameIn('it', type('a', 1, { fr: 'Pause', it: 'Pausa' }))).toBe('Pausa');
  expect(nameIn('it', type('a', 1, { en: 'Break' }))).toBe('Break');
  expect(nameIn('it', type('a', 1))).toBe('');
});
