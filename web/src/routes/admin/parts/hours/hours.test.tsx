import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';

import type { Schema } from '../../../../api/client';
import { groups, type Group } from '../kinds';
import { ResourceForm } from '../ResourceForm';
import { serve, show } from '../test';
import { useRecordForm } from '../useRecordForm';
import { dateFault, holidayFault, hoursBody, hoursValue, slotFaults, weekFaults, weekRule } from './hours';
import { HoursEditor } from './HoursEditor';
import { localOf, openness } from './open';

afterEach(() => {
  vi.unstubAllGlobals();
});

const stored: Schema<'OpeningHours'> = {
  weekly: [
    { days: ['mon', 'tue'], from: '14:00', to: '18:00' },
    { days: ['mon', 'tue'], from: '09:00', to: '12:00' },
    { days: ['fri'], from: '20:00', to: '02:00' },
  ],
  holidays: [{ month: 12, day: 25, name: 'Christmas' }],
  exceptions: [{ date: '2026-12-24', slots: [{ from: '09:00', to: '12:00' }], name: 'Eve' }],
  exit: null,
};

describe('hours', () => {
  test('are shown by day and sent by slot', () => {
    const value = hoursValue(stored);
    expect(value.weekly.mon).toEqual([{ from: '09:00', to: '12:00' }, { from: '14:00', to: '18:00' }]);
    expect(hoursBody(value)).toEqual({
      ...stored,
      weekly: [
        { days: ['mon', 'tue'], from: '09:00', to: '12:00' },
        { days: ['mon', 'tue'], from: '14:00', to: '18:00' },
        { days: ['fri'], from: '20:00', to: '02:00' },
      ],
    });
    expect(hoursBody(hoursValue(null))).toBeNull();
  });

  test('say what is wrong with a slot, over midnight and round the week too', () => {
    const { weekly } = hoursValue(stored);
    expect(weekRule(weekly)).toBeUndefined();
    expect(weekFaults({ ...weekly, wed: [{ from: '9', to: '12:00' }, { from: '10:00', to: '10:00' }] }).wed).toEqual([
      'must be a time of day from 00:00 to 23:59 written HH:MM', 'must not be the beginning; a whole day is 00:00 to 24:00',
    ]);
    expect(weekFaults({ ...weekly, sat: [{ from: '01:00', to: '03:00' }] }).sat).toEqual(['must not overlap another slot: sat does, with one that begins on fri']);
    expect(weekFaults({ ...weekly, sun: [{ from: '22:00', to: '09:01' }] }).sun).toEqual(['must not overlap another slot: sun does, with one that begins on mon']);
    expect(weekFaults({ ...weekly, sun: [{ from: '22:00', to: '09:00' }] }).sun).toEqual([undefined]);
    expect(slotFaults([{ from: '09:00', to: '24:00' }, { from: '12:00', to: '13:00' }])).toEqual([undefined, 'must not overlap another slot of the date']);
  });

  test('know the dates there are', () => {
    expect(holidayFault([{ month: 2, day: 29, name: '' }], 0)).toBeUndefined();
    expect(holidayFault([{ month: 2, day: 30, name: '' }], 0)).toBe('must be from 1 to 29');
    expect(holidayFault([{ month: 5, day: 1, name: '' }, { month: 5, day: 1, name: 'x' }], 1)).toBe('must not stand in the list twice');
    expect(dateFault([{ date: '', slots: [], name: '' }], 0)).toContain('must be a date');
    expect(dateFault([{ date: '2026-12-24', slots: [], name: '' }], 0)).toBeUndefined();
  });
});

describe('open or closed', () => {
  const hours = hoursValue(stored);
  const at = (text: string) => openness(hours, { day: Date.parse(text.slice(0, 10)) / 86_400_000, minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14)) });
  const until = (text: string) => {
    const found = at(text).until;
    return found && `${new Date(found.day * 86_400_000).toISOString().slice(0, 10)} ${found.minute}`;
  };

  test('follows the week, its breaks and its nights', () => {
    expect([at('2026-11-23 08:59').open, at('2026-11-23 09:00').open, at('2026-11-23 12:00').open]).toEqual([false, true, false]);
    expect(until('2026-11-23 09:00')).toBe('2026-11-23 720');
    expect(until('2026-11-23 12:00')).toBe('2026-11-23 840');
    // A Friday's night goes on into Saturday.
    expect(at('2026-11-28 01:59').open).toBe(true);
    expect(until('2026-11-27 20:00')).toBe('2026-11-28 120');
    expect(until('2026-11-28 02:00')).toBe('2026-11-30 540');
  });

  test('lets a holiday close and a date of its own decide', () => {
    expect(at('2026-12-25 20:30')).toMatchObject({ open: false, cause: 'holiday', name: 'Christmas' });
    expect(at('2026-12-24 10:00')).toMatchObject({ open: true, cause: 'exception', name: 'Eve' });
  });

  test('is without an end where it never changes', () => {
    const day = [{ from: '00:00', to: '24:00' }];
    const always = { ...hours, holidays: [], exceptions: [], weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day } };
    expect(openness(always, { day: 20_000, minute: 5 })).toMatchObject({ open: true, until: null });
    expect(openness({ ...always, weekly: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] } }, { day: 20_000, minute: 5 })).toMatchObject({ open: false, until: null });
  });

  test('is asked by the clock of the centre', () => {
    expect(localOf(Date.parse('2026-07-01T22:30:00Z'), 'Europe/Paris')).toEqual({ day: Date.parse('2026-07-02') / 86_400_000, minute: 30 });
  });
});

const record = { id: 'g1', name: 'Sales', openingHours: stored, warnings: [{ location: 'openingHours.weekly', message: 'never opens: every call takes the way for closed hours' }] } as unknown as Group;

function Form() {
  const form = useRecordForm({
    kind: groups, known: { record, etag: '"1"' }, start: { openingHours: hoursValue(stored) }, toValues: (g: Group) => ({ openingHours: hoursValue(g.openingHours) }),
    toBody: (v) => ({ name: 'Sales', openingHours: hoursBody(v.openingHours) }), saved: () => undefined,
  });
  return <ResourceForm form={form} sections={[{ id: 'hours', title: 'Hours', content: <HoursEditor value={form.values.openingHours} exitEmpty="overflow" exitHelp="" /> }]} />;
}

test('a week is changed by keyboard, copied, refused where it is wrong and sent', async () => {
  const log = serve({
    'GET /centre': { body: { timeZone: 'Europe/Paris' } },
    'PATCH /groups/g1': ({ body }) => ({ body: { ...record, ...(body as object), warnings: [] }, etag: '"2"' }),
  });
  const user = userEvent.setup();
  await show(Form);
  await screen.findByText(/Open now|Closed now/);
  // What is hardly meant is said at the field, until that changes.
  const week = screen.getByRole('group', { name: 'Usual week' });
  expect(within(week).getByText('Never opens: every call takes the way for closed hours.')).toBeInTheDocument();

  screen.getByRole('button', { name: 'Add a slot: Wednesday' }).focus();
  await user.keyboard('{Enter}');
  const from = screen.getByRole('textbox', { name: 'Wednesday, slot 1, from' });
  expect(from).toHaveFocus();
  expect(within(week).queryByText('Never opens: every call takes the way for closed hours.')).not.toBeInTheDocument();
  await user.clear(from);
  await user.keyboard('19');
  await user.tab();
  await user.clear(screen.getByRole('textbox', { name: 'Wednesday, slot 1, to' }));
  await user.keyboard('19');
  expect(within(week).queryByText(/must differ/)).not.toBeInTheDocument();
  await user.tab();
  await user.tab();
  expect(await within(week).findByText('The end must differ from the beginning; a whole day is 00:00 to 24:00.')).toBeInTheDocument();
  expect(from).toBeInvalid();
  await user.clear(from);
  await user.type(from, '8:30');
  await user.click(screen.getByRole('button', { name: 'Copy the hours: Wednesday' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Thursday' }));
  screen.getByRole('button', { name: 'Remove slot 1: Friday' }).focus();
  await user.keyboard('{Enter}');
  expect(screen.getByRole('button', { name: 'Add a slot: Friday' })).toHaveFocus();
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(log.find(({ method }) => method === 'PATCH')?.body).toMatchObject({ openingHours: {
    weekly: [
      { days: ['mon', 'tue'], from: '09:00', to: '12:00' }, { days: ['mon', 'tue'], from: '14:00', to: '18:00' }, { days: ['wed', 'thu'], from: '08:30', to: '19:00' },
    ],
  } }));
});
