import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { NumberField, TextField } from './fields';
import type { Kind } from './kinds';
import { groups } from './kinds';
import type { Versioned } from './resource';
import { ResourceForm } from './ResourceForm';
import { serve, show } from './test';
import { useRecordForm } from './useRecordForm';

afterEach(() => {
  vi.unstubAllGlobals();
});

interface Small {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
}

// The machinery is the same for every kind; this one has two fields.
const kind = groups as unknown as Kind<Small, { name: string; priority: number }>;
const known: Versioned<Small> = { record: { id: 'g1', name: 'Sales', priority: 50 }, etag: '"1"' };
const values = ({ name, priority }: Small) => ({ name, priority: priority as number | null });

function Form() {
  const form = useRecordForm({
    kind, known, start: values(known.record), toValues: values, toBody: (v) => ({ name: v.name, priority: v.priority ?? 0 }), saved: () => undefined,
  });
  return (
    <ResourceForm
      form={form}
      sections={[{ id: 'one', title: 'One', content: <><TextField name="name" label="Name" required /><NumberField name="priority" label="Priority" min={1} max={100} /></> }]}
    />
  );
}

const field = (name: string) => screen.getByRole('textbox', { name });
const save = () => screen.getByRole('button', { name: 'Save' });
const retype = async (user: ReturnType<typeof userEvent.setup>, name: string, text: string) => {
  await user.clear(field(name));
  await user.type(field(name), text);
};

test('sends what has changed, with the version it was read in', async () => {
  const log = serve({ 'PATCH /groups/g1': { body: { id: 'g1', name: 'Support', priority: 50 }, etag: '"2"' } });
  const user = userEvent.setup();
  await show(Form);
  await retype(user, 'Name', 'Support');
  await user.click(save());
  await waitFor(() => expect(log).toEqual([{ method: 'PATCH', path: '/groups/g1', body: { name: 'Support' }, ifMatch: '"1"' }]));
  await waitFor(() => expect(save()).toHaveAttribute('aria-disabled', 'true'));
  // Who saves with the keyboard goes on from there.
  expect(save()).toHaveFocus();

  await retype(user, 'Name', 'Help');
  await user.click(save());
  await waitFor(() => expect(log).toHaveLength(2));
  expect(log[1]?.ifMatch).toBe('"2"');
});

test('puts what the server refuses at its field, in words, and goes there', async () => {
  serve({ 'PATCH /groups/g1': { status: 422, body: { type: 'about:blank', title: 'Unprocessable Entity', status: 422, code: 'invalid', errors: [
    { location: 'body.priority', message: 'must be from 1 to 100' },
    { location: 'body.overflow.id', message: 'must not be the group itself' },
  ] } } });
  const user = userEvent.setup();
  await show(Form);
  await retype(user, 'Name', 'Support');
  await user.click(save());
  await waitFor(() => expect(field('Priority')).toBeInvalid());
  expect(field('Priority')).toHaveAccessibleDescription('From 1 to 100.');
  expect(field('Name')).toBeValid();
  // What belongs to no field here is said above them, first.
  expect(screen.getByRole('alert')).toHaveTextContent('overflow.id: A group cannot overflow to itself.');
  expect(screen.getByRole('alert')).toHaveFocus();
});

test('asks nothing of the server while a rule is broken, and goes to the first field', async () => {
  const log = serve({});
  const user = userEvent.setup();
  await show(Form);
  await retype(user, 'Priority', '101');
  await user.clear(field('Name'));
  await user.click(save());
  await waitFor(() => expect(field('Name')).toHaveFocus());
  expect(field('Name')).toBeInvalid();
  expect(field('Priority')).toBeInvalid();
  expect(log).toEqual([]);
});

test('asks before unsaved changes are left', async () => {
  serve({});
  const user = userEvent.setup();
  const router = await show(Form);
  await retype(user, 'Name', 'Support');
  const leave = async () => act(async () => {
    router.history.push('/other');
    await Promise.resolve();
  });
  await leave();
  await user.click(await screen.findByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(field('Name')).toHaveValue('Support');

  await leave();
  await user.click(await screen.findByRole('button', { name: 'Leave' }));
  expect(await screen.findByText('the other page')).toBeInTheDocument();
});

test('leaves at once when nothing has changed', async () => {
  serve({});
  const user = userEvent.setup();
  const router = await show(Form);
  await retype(user, 'Name', 'Support');
  await retype(user, 'Name', 'Sales');
  act(() => router.history.push('/other'));
  expect(await screen.findByText('the other page')).toBeInTheDocument();
});

const stale = { status: 412, body: { type: 'about:blank', title: 'Precondition Failed', status: 412, code: 'stale' } };
const theirs = { body: { id: 'g1', name: 'Sales', priority: 7 }, etag: '"9"' };

test('a record changed by someone else: keeps mine upon theirs, to be read again before saving', async () => {
  const log = serve({
    'PATCH /groups/g1': ({ ifMatch }) => (ifMatch === '"9"' ? { body: { id: 'g1', name: 'Support', priority: 7 }, etag: '"10"' } : stale),
    'GET /groups/g1': theirs,
  });
  const user = userEvent.setup();
  await show(Form);
  await retype(user, 'Name', 'Support');
  await user.click(save());
  await user.click(await screen.findByRole('button', { name: 'Keep my changes' }));
  await waitFor(() => expect(field('Priority')).toHaveValue('7'));
  expect(field('Name')).toHaveValue('Support');
  await user.click(save());
  await waitFor(() => expect(log.at(-1)).toEqual({ method: 'PATCH', path: '/groups/g1', body: { name: 'Support' }, ifMatch: '"9"' }));
});

test('a record changed by someone else: takes theirs', async () => {
  serve({ 'PATCH /groups/g1': stale, 'GET /groups/g1': theirs });
  const user = userEvent.setup();
  await show(Form);
  await retype(user, 'Name', 'Support');
  await user.click(save());
  await user.click(await screen.findByRole('button', { name: 'Take their version' }));
  await waitFor(() => expect(field('Name')).toHaveValue('Sales'));
  expect(field('Priority')).toHaveValue('7');
  expect(save()).toHaveAttribute('aria-disabled', 'true');
});
