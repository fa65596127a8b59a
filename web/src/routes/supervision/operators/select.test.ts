import { afterEach, describe, expect, test } from 'vitest';

import { operator } from '../testing';
import { destination } from './OperatorTable';
import { keepViews, parseViews, readViews, withView } from './savedViews';
import { everybody, firstDown, kindOf, selected, sorted, stateSince, type Column, type Selection } from './select';

const names = { group: (id: string) => ({ g1: 'Zeta', g2: 'Alpha' })[id] ?? '', collator: new Intl.Collator('fr', { numeric: true, sensitivity: 'base' }) };

describe('filters', () => {
  const choose = (change: Partial<Selection>): Selection => ({ ...everybody, ...change });

  test('the search finds names without accents, word by word, and numbers', () => {
    const helene = operator('1', { fullName: 'Hélène Girard' });
    expect(selected(helene, choose({ search: 'helene' }), '')).toBe(true);
    expect(selected(helene, choose({ search: ' gir HEL ' }), '')).toBe(true);
    expect(selected(helene, choose({ search: 'girardot' }), '')).toBe(false);
    expect(selected(helene, choose({ search: '6123' }), '+33612345678')).toBe(true);
  });

  test('states and groups narrow, those logged out can be hidden', () => {
    const talks = operator('1', { activity: 'held', groups: ['g1'] });
    const gone = operator('2', { presence: 'logged_out' });
    expect(selected(talks, choose({ kinds: ['in_call'] }), '')).toBe(true);
    expect(selected(talks, choose({ kinds: ['available', 'paused'] }), '')).toBe(false);
    expect(selected(talks, choose({ group: 'g1' }), '')).toBe(true);
    expect(selected(talks, choose({ group: 'g2' }), '')).toBe(false);
    expect(selected(gone, everybody, '')).toBe(true);
    expect(selected(gone, choose({ loggedOut: false }), '')).toBe(false);
    expect(selected(gone, choose({ kinds: ['available'] }), '')).toBe(false);
  });

  test('every activity belongs to a kind', () => {
    const kind = (change: Parameters<typeof operator>[1]): string => kindOf(operator('1', change));
    expect([kind({}), kind({ presence: 'paused' }), kind({ presence: 'paused', activity: 'ringing' }), kind({ activity: 'dialing' }), kind({ activity: 'wrap_up' })])
      .toEqual(['available', 'paused', 'in_call', 'in_call', 'wrap_up']);
  });
});

test('a state lasts since the later of its two parts began', () => {
  const [early, late] = ['2026-01-05T08:00:00.000Z', '2026-01-05T09:00:00.000Z'];
  expect(stateSince(operator('1', { presenceSince: early, activitySince: late }))).toBe(late);
  expect(stateSince(operator('1', { presenceSince: late, activitySince: early }))).toBe(late);
  expect(stateSince(operator('1', { presenceSince: late, activitySince: early, activity: 'talking' }))).toBe(early);
  expect(stateSince(operator('1', { presenceSince: early, activitySince: null }))).toBe(early);
});

describe('order', () => {
  const at = (minute: string): string => `2026-01-05T09:${minute}:00.000Z`;
  const rows = [
    operator('1', { fullName: 'Zoé', presence: 'paused', presenceSince: at('05'), group: 'g2', today: { answered: 5, out: 0, missed: 0, talkSeconds: 0, averageTalkSeconds: 9 } }),
    operator('2', { fullName: 'émile 10', activity: 'talking', activitySince: at('01'), group: 'g1', ignoredUntil: at('59') }),
    operator('3', { fullName: 'Émile 9', presence: 'paused', pauseOverran: true, presenceSince: at('03') }),
    operator('4', { fullName: 'Anna', presence: 'logged_out', presenceSince: at('00'), today: { answered: 99, out: 0, missed: 0, talkSeconds: 0, averageTalkSeconds: 0 } }),
  ];
  const by = (column: Column, down = false): string => sorted(rows, { column, down }, names).join('');

  test('names as people read them, those logged out always last', () => {
    expect(by('name')).toBe('3214');
    expect(by('name', true)).toBe('1234');
  });

  test('states by what needs a look, times by how long, figures by size', () => {
    expect(by('state')).toBe('2314');
    expect(by('in', true)).toBe('1324');
    expect(by('group', true)).toBe('2134');
    expect(by('ignored', true)).toBe('2314');
  });

  test('the longest in a state is the first when looked at from the greatest on', () => {
    expect(firstDown('since')).toBe(true);
    expect(firstDown('name')).toBe(false);
    expect(by('since', firstDown('since'))).toBe('2314');
  });
});

test('keys lead from row to row and stop at the ends', () => {
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((key) => destination(key, 5, 0, 12))).toEqual([6, 4, 12, 0, 0, 12, null]);
  expect([destination('ArrowDown', 12, 0, 12), destination('ArrowUp', 25, 25, 40)]).toEqual([12, 25]);
});

describe('views', () => {
  afterEach(() => localStorage.clear());

  test('are kept and read again, one per name', () => {
    const selection: Selection = { search: 'a', kinds: ['paused'], group: 'g1', loggedOut: false, sort: { column: 'missed', down: true } };
    keepViews(withView(withView([], { name: 'Pauses', selection: everybody }), { name: 'Pauses', selection }));
    expect(readViews()).toEqual([{ name: 'Pauses', selection }]);
  });

  test('what is not understood does no harm', () => {
    expect(parseViews(null)).toEqual([]);
    expect(parseViews('{')).toEqual([]);
    expect(parseViews('{"a":1}')).toEqual([]);
    expect(parseViews('[{"name":"x","selection":{"kinds":["paused","flying"],"sort":{"column":"age","down":1}}},{"name":""},7]'))
      .toEqual([{ name: 'x', selection: { ...everybody, kinds: ['paused'] } }]);
  });
});
