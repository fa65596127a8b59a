import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Calls } from './calls/CallsPart';
import { Told } from './CallPage';
import type { Step } from './call/tell';
import { call, floorOf, group, operator, show } from './testing';

const problem = (status: number, body: object = {}): Response =>
  Response.json({ status, title: 'No', ...body }, { status, headers: { 'Content-Type': 'application/problem+json' } });

let answers: (url: URL) => Response;
let asked: URL[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', (request: Request) => {
    const url = new URL(request.url);
    asked.push(url);
    return Promise.resolve(answers(url));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the list', () => {
  const floor = () => floorOf([operator('1', { fullName: 'Anna' })], [group('sales')]);

  test('comes by pages, each call once, and the focus goes on with them', async () => {
    answers = (url) => Response.json(url.searchParams.get('cursor') === 'older'
      ? { items: [call('2'), call('1', { state: 'ended', outcome: 'abandoned', caller: null })], next: '' }
      : { items: [call('3', { state: 'ended', outcome: 'answered', operator: { id: '1', name: 'Anna' } }), call('2')], next: 'older' });
    await show(<Calls filter={{ direction: 'in' }} choose={vi.fn()} />, floor());
    await screen.findByText('2 calls shown');
    expect(screen.getAllByRole('row')[1]).toHaveTextContent('Anna');
    expect(screen.getAllByRole('link')[0]).toHaveAttribute('href', '/supervision/calls/3');
    await userEvent.click(screen.getByRole('button', { name: 'Older calls' }));
    await screen.findByText('3 calls shown');
    expect(screen.queryByRole('button', { name: 'Older calls' })).toBeNull();
    expect(screen.getAllByRole('link')[2]).toHaveFocus();
    expect(screen.getAllByRole('row')[3]).toHaveTextContent('Number withheld');
    expect(screen.getAllByRole('row')[3]).toHaveTextContent('Abandoned');
    await userEvent.keyboard('{ArrowUp}');
    expect(screen.getAllByRole('link')[1]).toHaveFocus();
    expect(asked.map(({ search }) => search)).toEqual(['?direction=in&limit=50', '?direction=in&limit=50&cursor=older']);
  });

  test('a filter is chosen, a refused number said where it stands, and all is taken back', async () => {
    const choose = vi.fn();
    answers = () => problem(422, { errors: [{ location: 'query.number', message: 'must be a telephone number or a short code' }] });
    await show(<Calls filter={{ number: 'x' }} choose={choose} />, floor());
    expect(await screen.findByText('Enter a telephone number')).toBeVisible();
    expect(screen.queryByRole('alert')).toBeNull();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), 'Abandoned');
    expect(choose).toHaveBeenLastCalledWith({ number: 'x', outcome: 'abandoned' });
    await userEvent.clear(screen.getByRole('searchbox', { name: 'Number' }));
    await userEvent.type(screen.getByRole('searchbox', { name: 'Number' }), ' 0612 {Enter}');
    expect(choose).toHaveBeenLastCalledWith({ number: '0612' });
    await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(choose).toHaveBeenLastCalledWith({});
  });

  test('none, and what did not come', async () => {
    answers = () => problem(500);
    await show(<Calls filter={{}} choose={vi.fn()} />, floor());
    const alert = await screen.findByRole('alert');
    answers = () => Response.json({ items: [], next: '' });
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No calls yet')).toBeVisible();
  });
});

describe('the page of a call', () => {
  const steps: Step[] = [
    { seq: 1, at: '2026-01-05T09:00:00.000Z', kind: 'arrived', reason: '', number: '+33199001003' },
    {
      seq: 2, at: '2026-01-05T09:00:00.000Z', kind: 'queued', reason: 'arrival', group: 'sales', groupName: 'Sales', position: 3,
      passed: [{ reason: 'busy', count: 2 }, { reason: 'paused', count: 1 }],
    },
    {
      seq: 3, at: '2026-01-05T09:00:45.000Z', kind: 'offered', reason: 'skill', leg: 2, operator: { id: '1', name: 'Anna' }, group: 'sales', groupName: 'Sales',
      strategy: 'skill', rank: 2, eligible: 5, level: 2, idleSince: '2026-01-05T08:57:25.000Z',
      skipped: [{ operator: '2', name: 'Ben', reason: 'tried' }, { operator: '3', name: 'Cleo', reason: 'paused' }],
    },
    { seq: 4, at: '2026-01-05T09:00:50.000Z', kind: 'offer_ended', reason: 'rejected', outcome: 'rejected', leg: 2, operator: { id: '1', name: 'Anna' }, sipStatus: 603 },
    { seq: 5, at: '2026-01-05T09:01:00.000Z', kind: 'overflowed', reason: 'max_wait', outcome: 'group', group: 'sales', target: 'gone' },
    { seq: 6, at: '2026-01-05T09:01:01.000Z', kind: 'of_tomorrow', reason: 'no_word_yet' },
  ];
  let told: Step[];
  let state: 'queued' | 'ended';

  beforeEach(() => {
    told = steps;
    state = 'ended';
    answers = (url) => Response.json(url.pathname.endsWith('/timeline') ? { items: told, next: '' } : call('7', { state }));
  });

  test('tells each step with its reason, and each offer with its grounds', async () => {
    await show(<Told id="7" zone="Europe/Paris" />, floorOf([], [group('sales')]));
    expect(await screen.findByRole('heading', { level: 1, name: 'Call from +33 6 12 34 56 78' })).toBeVisible();
    const items = within(screen.getByRole('region', { name: 'What happened' })).getAllByRole('listitem');
    const text = items.map((item) => item.textContent);
    expect(text[0]).toMatch(/^10:00:00Call received on \+33/);
    expect(text[1]).toContain('Enters the group Sales');
    expect(text[1]).toContain('Nobody could take the call');
    expect(text[1]).toContain('Busy with another call2Paused1');
    expect(text[2]).toContain('Offered to Anna');
    expect(text[2]).toContain('By level');
    expect(text[2]).toContain('2nd of 5 operators possible');
    expect(text[2]).toContain('Level2');
    expect(text[2]).toMatch(/Idle for3.min 20.sec/);
    expect(text[2]).toMatch(/Wait in the group45.sec/);
    expect(text[2]).toContain('Refused');
    expect(within(items[2] as HTMLElement).getByRole('row', { name: 'Already let this call pass 1 Ben' })).toBeInTheDocument();
    expect(text[3]).toContain('Anna refused the call');
    expect(text[3]).toContain('SIP 603');
    expect(text[4]).toContain('Overflow to the group a deleted group');
    expect(text[4]).toContain('Reason: longest wait reached');
    expect(text[5]).toContain('of_tomorrow');
    expect(text[5]).toContain('no_word_yet');
  });

  test('without names there are the counts', async () => {
    told = [{ ...steps[2], skipped: [{ reason: 'paused' }, { reason: 'paused' }] } as Step];
    await show(<Told id="7" zone="Europe/Paris" />, floorOf([], [group('sales')]));
    const table = await screen.findByRole('table');
    expect(within(table).getAllByRole('columnheader').map((head) => head.textContent)).toEqual(['Reason', 'Number']);
    expect(within(table).getByRole('row', { name: 'Paused 2' })).toBeInTheDocument();
  });

  test('a call that lasts is read again when the floor tells of it, once a second at most', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    state = 'queued';
    told = steps.slice(0, 2);
    const floor = floorOf([], [group('sales')], [call('7')]);
    await show(<Told id="7" zone="Europe/Paris" />, floor);
    await screen.findByText('Followed live');
    const before = asked.length;
    told = steps;
    for (const n of [1, 2, 3, 4]) act(() => floor.calls.change([call('7', { state: 'ringing', waitSeconds: n })]));
    await vi.advanceTimersByTimeAsync(1100);
    expect(await screen.findByText('Offered to Anna')).toBeVisible();
    expect(asked.length - before).toBe(2);
    // Once it is over there is nothing more to ask.
    state = 'ended';
    act(() => floor.calls.change([], ['7']));
    await vi.advanceTimersByTimeAsync(1100);
    await waitFor(() => expect(screen.queryByText('Followed live')).toBeNull());
    const after = asked.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.length).toBe(after);
  });

  test('a call that is not there, and one that did not come', async () => {
    answers = () => problem(404, { code: 'not_found' });
    await show(<Told id="7" zone="Europe/Paris" />, floorOf([]));
    expect(await screen.findByText('There is no such call')).toBeVisible();
    expect(screen.getByRole('link', { name: 'All calls' })).toBeVisible();
  });

  test('what failed can be tried again', async () => {
    const good = answers;
    answers = () => problem(500);
    await show(<Told id="7" zone="Europe/Paris" />, floorOf([]));
    const alert = await screen.findByRole('alert');
    answers = good;
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Offered to Anna')).toBeVisible();
  });
});
