import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { groups, type Group } from '../parts/kinds';
import { ResourceForm } from '../parts/ResourceForm';
import { serve, show } from '../parts/test';
import { useRecordForm } from '../parts/useRecordForm';
import { Members } from './Members';
import { added, moved } from './members';
import { newValues, toBody, toValues } from './values';

afterEach(() => {
  vi.unstubAllGlobals();
});

const people = ['Ada', 'Blaise', 'Chloe', 'Dino'].map((fullName) => ({ id: fullName.toLowerCase(), fullName, login: fullName.toLowerCase() }));
const record = { ...toBody(newValues('#1d4ed8')), id: 'g1', members: ['ada', 'blaise', 'chloe'].map((operator) => ({ operator, level: 1, suspended: false })) } as unknown as Group;

function Form() {
  const form = useRecordForm({ kind: groups, known: { record, etag: '"1"' }, start: toValues(record), toValues, toBody, saved: () => undefined });
  return <ResourceForm form={form} sections={[{ id: 'members', title: 'Members', content: <Members form={form} /> }]} />;
}

const order = () => within(screen.getByRole('group', { name: 'Members' })).getAllByRole('listitem').map((row) => row.textContent.replace(/^\d|Level.*$/g, ''));
const button = (name: string) => screen.getByRole('button', { name });

test('members are moved, added and removed by keyboard, said aloud, and the focus stays', async () => {
  const log = serve({
    'GET /operators': { body: { items: people, next: '' } },
    'PATCH /groups/g1': ({ body }) => ({ body: { ...record, ...(body as object) }, etag: '"2"' }),
  });
  const user = userEvent.setup();
  await show(Form);
  await screen.findByRole('button', { name: 'Move Ada down' });
  expect(order()).toEqual(['Ada', 'Blaise', 'Chloe']);

  button('Move Ada down').focus();
  await user.keyboard('{Enter}');
  expect(order()).toEqual(['Blaise', 'Ada', 'Chloe']);
  expect(screen.getByText('Ada: place 2 of 3.')).toBeInTheDocument();
  expect(button('Move Ada down')).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(order()).toEqual(['Blaise', 'Chloe', 'Ada']);
  // At the end the button is off: the focus stays in the row.
  expect(button('Move Ada down')).toBeDisabled();
  expect(button('Move Ada up')).toHaveFocus();

  button('Add Dino to the group').focus();
  await user.keyboard('{Enter}');
  expect(order()).toEqual(['Blaise', 'Chloe', 'Ada', 'Dino']);
  expect(screen.getByText('Dino added, place 4 of 4.')).toBeInTheDocument();

  button('Remove Chloe from the group').focus();
  await user.keyboard('{Enter}');
  expect(order()).toEqual(['Blaise', 'Ada', 'Dino']);
  expect(button('Remove Ada from the group')).toHaveFocus();

  await user.click(screen.getByRole('switch', { name: 'Ada suspended in this group' }));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Level of Dino' }), '3');
  await user.click(button('Save'));
  await waitFor(() => expect(log.find(({ method }) => method === 'PATCH')?.body).toEqual({ members: [
    { operator: 'blaise', level: 1, suspended: false }, { operator: 'ada', level: 1, suspended: true }, { operator: 'dino', level: 3, suspended: false },
  ] }));
});

test('what the server refuses of a member is said at the members', async () => {
  serve({
    'GET /operators': { body: { items: people, next: '' } },
    'PATCH /groups/g1': { status: 422, body: { type: 'about:blank', title: 'Unprocessable Entity', status: 422, code: 'invalid', errors: [{ location: 'body.members[1].operator', message: 'must be an operator of this centre' }] } },
  });
  const user = userEvent.setup();
  await show(Form);
  await user.click(await screen.findByRole('button', { name: 'Move Ada down' }));
  await user.click(button('Save'));
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('Choose an operator of this centre.');
  await waitFor(() => expect(alert).toHaveFocus());
});

test('a member is moved to a place and added once', () => {
  const list = added(added(added([], 'a'), 'b'), 'c');
  expect(moved(list, 0, 2).map((m) => m.operator)).toEqual(['b', 'c', 'a']);
  expect(moved(list, 2, 0).map((m) => m.operator)).toEqual(['c', 'a', 'b']);
  expect(moved(list, 0, 3)).toBe(list);
  expect(moved(list, 1, 1)).toBe(list);
  expect(added(list, 'b')).toBe(list);
  expect(added(list, 'd', 1).map((m) => m.operator)).toEqual(['a', 'd', 'b', 'c']);
});
