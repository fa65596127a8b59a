import { describe, expect, test } from 'vitest';

import { ordinal, spoken } from './say';
import { endings, entriesOf, parties, passedOver, type Step } from './tell';

let seq = 0;

function step(kind: string, change: Partial<Step> = {}): Step {
  return { seq: ++seq, at: '2026-01-05T09:00:00.000Z', kind, reason: '', ...change };
}

describe('offers', () => {
  test('those that everyone gets at once are one entry, and no others are', () => {
    const steps = [
      step('queued', { group: 'a' }),
      step('offered', { at: '2026-01-05T09:00:45.900Z', group: 'a', strategy: 'everyone', leg: 2 }),
      step('offered', { at: '2026-01-05T09:00:45.900Z', group: 'a', strategy: 'everyone', leg: 3 }),
      step('offered', { at: '2026-01-05T09:01:10.000Z', group: 'a', strategy: 'everyone', leg: 4 }),
      step('queued', { group: 'b', at: '2026-01-05T09:02:00.000Z' }),
      step('offered', { at: '2026-01-05T09:02:00.000Z', group: 'b', strategy: 'fixed', leg: 5 }),
      step('offered', { at: '2026-01-05T09:02:00.000Z', group: 'b', strategy: 'fixed', leg: 6 }),
      step('offered', { at: '2026-01-05T09:02:00.000Z', leg: 7 }),
    ];
    const told = entriesOf(steps).map((entry) => (entry.type === 'offer' ? [entry.steps.map(({ leg }) => leg), entry.waitedSeconds] : entry.step.kind));
    expect(told).toEqual(['queued', [[2, 3], 45], [[4], 70], 'queued', [[5], 0], [[6], 0], [[7], 0]]);
  });

  test('each has its own ending', () => {
    const ends = endings([
      step('offered', { leg: 2 }), step('offered', { leg: 3 }), step('offer_ended', { leg: 3, outcome: 'rejected' }), step('leg_ended', { leg: 2 }),
    ]);
    expect(ends.get(3)?.outcome).toBe('rejected');
    expect(ends.get(2)).toBeUndefined();
  });
});

test('who was passed over is grouped by reason, with the names that are told', () => {
  expect(passedOver(step('offered', {
    skipped: [{ reason: 'tried', name: 'Anna' }, { reason: 'paused', name: 'Ben' }, { reason: 'paused' }],
    passed: [{ reason: 'busy', count: 40 }, { reason: 'wrap_up', count: 0 }],
  }))).toEqual([
    { reason: 'busy', count: 40, names: [] }, { reason: 'paused', count: 2, names: ['Ben'] }, { reason: 'tried', count: 1, names: ['Anna'] },
  ]);
  expect(passedOver(step('offered'))).toEqual([]);
});

test('each leg is somebody', () => {
  const anna = { id: '1', name: 'Anna' };
  expect([...parties([
    step('arrived'), step('offered', { leg: 2, operator: anna }), step('leg_rang', { leg: 2 }), step('leg_placed', { leg: 3, role: 'forwarded', number: '+331' }),
  ])]).toEqual([[1, { is: 'caller' }], [2, { is: 'operator', name: 'Anna' }], [3, { is: 'called', number: '+331' }]]);
  expect([...parties([
    step('dialled', { operator: anna }), step('leg_placed', { leg: 1, role: 'own_phone' }), step('leg_placed', { leg: 2, role: 'called', number: '+332' }),
  ])]).toEqual([[1, { is: 'operator', name: 'Anna' }], [2, { is: 'called', number: '+332' }]]);
});

test.each([
  [0, 'en', '0 sec'], [20, 'fr', '20 s'], [200, 'fr', '3 min 20 s'], [200, 'en', '3 min 20 sec'], [180, 'es', '3 min'], [3660, 'fr', '1 h 1 min'], [7205, 'en', '2 hr'],
] as const)('%i seconds in %s', (seconds, language, said) => {
  expect(spoken(seconds, language).replaceAll(/\s/g, ' ')).toBe(said);
});

test('places', () => {
  expect([1, 2, 3, 4, 11, 12, 21, 22].map((n) => ordinal(n, 'en'))).toEqual(['1st', '2nd', '3rd', '4th', '11th', '12th', '21st', '22nd']);
  expect([ordinal(1, 'fr'), ordinal(2, 'fr'), ordinal(2, 'it'), ordinal(2, 'es')]).toEqual(['1er', '2e', '2º', '2.º']);
});
