import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Schema } from '../../api/client';
import { GroupsPart } from './groups/GroupsPart';
import { WaitingCalls } from './groups/WaitingCalls';
import { OperatorsPart } from './operators/OperatorsPart';
import { call, floorOf, group, operator, show, supervisor } from './testing';

const empty: Schema<'OperatorDay'> = {
  operator: { id: '1', name: 'Anna' }, from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T10:00:00.000Z',
  intervals: [{
    from: '2026-01-05T09:00:00.000Z', to: null, presence: 'paused', pauseType: 'lunch', activity: 'idle', call: null, group: null, cause: 'pause',
    by: { kind: 'supervisor', name: 'Eva' },
  }],
  sessions: [], totals: { loggedIn: 3600, available: 0, paused: 3600, ringing: 0, talking: 0, wrapUp: 0 },
  today: { answered: 0, out: 0, missed: 0, talkSeconds: 0, averageTalkSeconds: 0 }, calls: [],
};

let day = empty;
let sent: { readonly path: string; readonly body: unknown }[];

beforeEach(() => {
  sent = [];
  day = empty;
  localStorage.clear();
  // Pages, since a virtual table draws nothing where nothing is laid out.
  localStorage.setItem('bandeau-supervision-paging', 'pages');
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (request.method === 'POST') {
      sent.push({ path, body: await request.json() });
      return Response.json(operator('1', { fullName: 'Anna', presence: 'paused', pauseType: 'lunch' }));
    }
    return path.endsWith('/day') ? Response.json(day) : Response.json({}, { status: 404 });
  });
});

afterEach(() => vi.unstubAllGlobals());

const names = (): (string | null)[] => within(screen.getByRole('table')).getAllByRole('row').slice(1).map((row) => row.getAttribute('data-operator'));

describe('operators', () => {
  test('a changed row shows its new state, and who is filtered out is not there', async () => {
    const floor = floorOf([operator('1', { fullName: 'Anna' }), operator('2', { fullName: 'Ben', presence: 'logged_out' })], [group('sales')]);
    await show(<OperatorsPart />, floor);
    expect(names()).toEqual(['Anna', 'Ben']);
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '3');
    act(() => floor.operators.change([operator('1', { fullName: 'Anna', presence: 'paused', pauseType: 'lunch', pauseOverran: true })]));
    const row = screen.getAllByRole('row')[1];
    expect(row).toHaveTextContent('Lunch');
    expect(row).toHaveTextContent('overrun');
    await userEvent.click(screen.getByRole('switch', { name: 'Logged out' }));
    expect(names()).toEqual(['Anna']);
    await userEvent.click(screen.getByRole('button', { name: /^Available/ }));
    expect(screen.getByText('No operator matches')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show all operators' }));
    expect(names()).toEqual(['Anna', 'Ben']);
  });

  test('a header sorts, and says how', async () => {
    const missed = (n: number): Partial<ReturnType<typeof operator>> => ({ today: { answered: 0, out: 0, missed: n, talkSeconds: 0, averageTalkSeconds: 0 } });
    await show(<OperatorsPart />, floorOf([operator('Anna', missed(1)), operator('Ben', missed(5))]));
    await userEvent.click(screen.getByRole('button', { name: 'Missed' }));
    expect(names()).toEqual(['Ben', 'Anna']);
    expect(screen.getByRole('columnheader', { name: 'Missed' })).toHaveAttribute('aria-sort', 'descending');
    expect(screen.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'none');
  });

  test('arrows lead from row to row and Enter opens the day', async () => {
    await show(<OperatorsPart />, floorOf([operator('Anna'), operator('Ben'), operator('Cleo')]));
    screen.getByRole('button', { name: 'Anna' }).focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(screen.getByRole('button', { name: 'Ben' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: 'Ben' })).toBeVisible();
    expect(await screen.findByRole('img', { name: 'Paused: 1:00:00' })).toBeInTheDocument();
    expect(screen.getByText('Eva (supervisor)')).toBeInTheDocument();
  });

  test('an action says what it does, is sent when confirmed, and shows', async () => {
    const floor = floorOf([operator('1', { fullName: 'Anna' })], [group('sales')]);
    await show(<OperatorsPart />, floor);
    await userEvent.click(screen.getByRole('button', { name: 'Anna' }));
    const drawer = await screen.findByRole('dialog', { name: 'Anna' });
    expect(within(drawer).getByRole('button', { name: 'Make available' })).toBeDisabled();
    await userEvent.click(within(drawer).getByRole('button', { name: 'Pause' }));
    const dialog = await screen.findByRole('dialog', { name: 'Pause Anna?' });
    expect(dialog).toHaveTextContent('Anna will get no more calls until available again');
    expect(sent).toEqual([]);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Pause Anna?' })).toBeNull());
    expect(sent).toEqual([{ path: '/api/v1/floor/operators/1/actions', body: { action: 'pause', pauseType: 'lunch' } }]);
    // What the answer says may be old: the row changes when the stream says so.
    expect(within(drawer).getByRole('button', { name: 'Make available' })).toBeDisabled();
    act(() => floor.operators.change([operator('1', { fullName: 'Anna', presence: 'paused', pauseType: 'lunch' })]));
    expect(within(drawer).getByRole('button', { name: 'Make available' })).toBeEnabled();
  });

  test('a call in progress has no duration yet', async () => {
    day = { ...empty, calls: [
      { at: '2026-01-05T09:59:00.000Z', call: call('7', { state: 'talking' }), mine: 'answered', talkSeconds: 12 },
      { at: '2026-01-05T09:00:00.000Z', call: call('7', { state: 'talking' }), mine: 'answered', talkSeconds: 75 },
    ] };
    await show(<OperatorsPart />, floorOf([operator('1', { fullName: 'Anna', activity: 'talking', call: '7' })], [group('sales')]));
    await userEvent.click(screen.getByRole('button', { name: 'Anna' }));
    const calls = await screen.findByRole('region', { name: 'Calls today' });
    expect(within(calls).getAllByRole('listitem').map((line) => line.textContent)).toEqual([
      expect.stringMatching(/in progress$/), expect.stringMatching(/1:15$/),
    ]);
  });

  test('a saved view of a group that is gone shows all groups, and can be deleted when that is confirmed', async () => {
    localStorage.setItem('bandeau-supervision-views', JSON.stringify([{ name: 'Mine', selection: { group: 'gone' } }]));
    await show(<OperatorsPart />, floorOf([operator('1', { fullName: 'Anna' })], [group('sales')]));
    await userEvent.click(screen.getByRole('button', { name: 'Views' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Mine' }));
    expect(screen.getByRole('combobox', { name: 'Group' })).toHaveValue('');
    expect(names()).toEqual(['Anna']);
    const remove = async (answer: string): Promise<void> => {
      await userEvent.click(screen.getByRole('button', { name: 'Views' }));
      await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete “Mine”' }));
      const question = await screen.findByRole('dialog', { name: 'Delete the view “Mine”?' });
      await userEvent.click(within(question).getByRole('button', { name: answer }));
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    };
    await remove('Cancel');
    expect(localStorage.getItem('bandeau-supervision-views')).toContain('Mine');
    await remove('Delete');
    expect(localStorage.getItem('bandeau-supervision-views')).toBe('[]');
  });

  test('who may not see operators is told so', async () => {
    await show(<OperatorsPart />, floorOf([]), { ...supervisor, rights: { operatorDetail: false, listen: false } });
    expect(screen.getByText('You do not have access to operator details')).toBeVisible();
    expect(screen.queryByRole('table')).toBeNull();
  });
});

test('groups are in the order of need, but stand still under the pointer', async () => {
  const floor = floorOf([], [group('A'), group('B')]);
  await show(<GroupsPart />, floor);
  const order = (): (string | undefined)[] => screen.getAllByRole('heading', { level: 3 }).map((heading) => heading.textContent.trim());
  expect(order()).toEqual(['A', 'B']);
  const ground = screen.getByRole('list').parentElement;
  act(() => {
    ground?.dispatchEvent(new PointerEvent('pointerenter', { pointerType: 'mouse' }));
  });
  act(() => {
    floor.calls.change([call('1', { group: 'B' })]);
    floor.groups.change([group('B', { waiting: 1, available: 0, waitingSince: '2026-01-05T09:00:00.000Z' })]);
  });
  expect(order()).toEqual(['A', 'B']);
  expect(screen.getByText('Nobody free')).toBeVisible();
  act(() => {
    ground?.dispatchEvent(new PointerEvent('pointerleave', { pointerType: 'mouse' }));
  });
  expect(order()).toEqual(['B', 'A']);
});

test('who waits is shown the longest first, and what callers send is text', async () => {
  const floor = floorOf([], [group('sales')], [
    call('1', { arrivedAt: '2026-01-05T09:00:10.000Z', callerName: '<b>Zoé</b>' }),
    call('2', { caller: null }),
    call('3', { state: 'talking' }),
    call('4', { arrivedAt: '2026-01-05T09:00:20.000Z', state: 'ringing', operator: { id: 'o', name: 'Anna' } }),
  ]);
  await show(<WaitingCalls />, floor);
  const lines = screen.getAllByRole('listitem').map((line) => line.textContent);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('Number withheld');
  expect(lines[1]).toContain('<b>Zoé</b>');
  expect(lines[2]).toContain('Anna');
  expect(screen.getByRole('img', { name: 'Ringing' })).toBeVisible();
  act(() => floor.calls.change([], ['1', '2', '4']));
  expect(screen.getByText('Nobody is waiting.')).toBeVisible();
});
