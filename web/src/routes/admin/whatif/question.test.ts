import { afterEach, expect, test, vi } from 'vitest';

import { Problem } from '../../../api/client';
import { ask, askedOf, bodyOf, first, halfHours, type Question, type Staff } from './question';

const empty: Question = {
  ...first, callsPerHour: null, hours: null, talk: null, patience: null, operators: null, runs: null,
};
const recorded: Question = { ...empty, recorded: true, date: '2026-01-05' };
const unchanged = { groups: [], operators: [] };

const row = (key: number, add: number | null, from = '', to = ''): Staff => ({ key, from, to, add });

afterEach(() => vi.unstubAllGlobals());

test('the first question is a generated day as the form shows it, with nothing changed', () => {
  expect(bodyOf(first)).toEqual({
    generate: { callsPerHour: [120], hours: 10, operators: 8, talk: { seconds: 180 }, patience: { seconds: 90 } },
    changes: unchanged,
    runs: 20,
  });
});

test('of what is left empty nothing is said: the server has its own', () => {
  expect(bodyOf(empty)).toEqual({ generate: {}, changes: unchanged });
  expect(bodyOf(recorded)).toEqual({ day: '2026-01-05', group: null, changes: unchanged });
});

test('zero is an answer: no calls, callers who wait for ever, no wrap-up', () => {
  const { generate, changes } = bodyOf({ ...first, callsPerHour: 0, patience: 0, wrapUp: 0, target: 0, maxWait: 0 });
  expect(generate).toMatchObject({ callsPerHour: [0], patience: { seconds: 0 } });
  expect(changes?.groups).toEqual([{ group: null, wrapUpSeconds: 0, serviceLevelSeconds: 0, maxWaitSeconds: 0 }]);
});

test('a recorded day without its date is asked as it is, for the server to refuse at its field', () => {
  expect(bodyOf({ ...recorded, date: '' })).toMatchObject({ day: '' });
});

test('settings and staff are those of the group that is asked about, else of all', () => {
  const changed: Question = { ...recorded, strategy: 'skill', priority: 3, staff: [row(1, 2)] };
  expect(bodyOf(changed).changes).toEqual({
    groups: [{ group: null, strategy: 'skill', priority: 3 }], operators: [{ group: null, from: null, to: null, add: 2 }],
  });
  const { group, changes } = bodyOf({ ...changed, group: 'g1' });
  expect([group, changes?.groups?.[0]?.group, changes?.operators?.[0]?.group]).toEqual(['g1', 'g1', 'g1']);
});

test('what belongs to a recorded day is not asked of a generated one, although it is kept in the form', () => {
  const { group, day, changes } = bodyOf({ ...first, date: '2026-01-05', group: 'g1', priority: 500, staff: [row(1, 1)] });
  expect([group, day, changes]).toEqual([undefined, undefined, { groups: [], operators: [{ group: null, from: null, to: null, add: 1 }] }]);
});

test('operators more or fewer for a time, and rows that change nothing are not asked', () => {
  const staff = [row(1, null), row(2, 2, '08:30', '12:00'), row(3, 0), row(5, -1, '', '10:00')];
  expect(bodyOf({ ...first, staff }).changes?.operators).toEqual([
    { group: null, from: '08:30', to: '12:00', add: 2 }, { group: null, from: null, to: '10:00', add: -1 },
  ]);
  // A refusal counts what was asked, not what stands in the form.
  expect(askedOf(staff).map(({ key }) => key)).toEqual([2, 5]);
  expect(askedOf([])).toEqual([]);
});

test('the half hours are those of a clock', () => {
  expect([halfHours.length, halfHours[0], halfHours[1], halfHours[19], halfHours.at(-1)]).toEqual([48, '00:00', '00:30', '09:30', '23:30']);
});

test('what the server refuses is said with its fields', async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(request.method, new URL(request.url).pathname, await request.json());
    return Response.json({ status: 422, title: 'no', code: 'invalid', errors: [{ field: 'day', rule: 'is not recorded' }] }, { status: 422 });
  });
  await expect(ask(recorded)).rejects.toBeInstanceOf(Problem);
  expect(sent).toEqual(['POST', '/api/v1/simulations', bodyOf(recorded)]);
});
