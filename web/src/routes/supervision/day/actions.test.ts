import { afterEach, expect, test, vi } from 'vitest';

import { operator } from '../testing';
import { act, busy, possible } from './actions';

afterEach(() => vi.unstubAllGlobals());

test('only what has an effect can be asked for', () => {
  expect(possible(operator('1'))).toEqual({ pause: true, available: false, logout: true, release: false });
  expect(possible(operator('1', { presence: 'paused' }))).toMatchObject({ pause: true, available: true });
  expect(possible(operator('1', { activity: 'wrap_up' }))).toMatchObject({ available: true, release: true });
  expect(possible(operator('1', { activity: 'talking', pending: { presence: 'logged_out', pauseType: null } })))
    .toEqual({ pause: true, available: true, logout: false, release: true });
  expect(possible(operator('1', { presence: 'logged_out' }))).toEqual({ pause: false, available: false, logout: false, release: false });
});

test('who is in a call ends it first', () => {
  expect(['idle', 'ringing', 'dialing', 'talking', 'held', 'wrap_up'].map((activity) => busy(operator('1', { activity: activity as 'idle' }))))
    .toEqual([false, false, true, true, true, false]);
});

test('each action is sent with what belongs to it, and nothing else', async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push([new URL(request.url).pathname, await request.json()]);
    return Response.json(operator('o1'));
  });
  await act('o1', { action: 'pause' }, 'lunch');
  await act('o1', { action: 'logout' }, 'lunch');
  await act('o1', { action: 'suspend', group: { id: 'g1', name: 'Sales' } }, '');
  const path = '/api/v1/floor/operators/o1/actions';
  expect(sent).toEqual([
    [path, { action: 'pause', pauseType: 'lunch' }], [path, { action: 'logout' }], [path, { action: 'suspend', group: 'g1' }],
  ]);
});
