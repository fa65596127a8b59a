import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { serve, show } from '../parts/test';
import { WhatIfPage } from './WhatIfPage';

afterEach(() => vi.unstubAllGlobals());

test('what is refused of the staff is said at the row that it is about, although an empty one stands before it', async () => {
  const refusal = { location: 'body.changes.operators[0].to', message: 'must be a half hour after the beginning, such as 12:00' };
  const log = serve({ 'POST /simulations': { status: 422, body: { status: 422, title: 'no', code: 'invalid', errors: [refusal] } } });
  await show(WhatIfPage);
  const staff = within(screen.getByRole('group', { name: 'More or fewer operators' }));
  const all = (label: string): HTMLElement[] => staff.getAllByLabelText(label);
  for (let rows = 0; rows < 2; rows++) await userEvent.click(staff.getByRole('button', { name: 'Add a time' }));
  for (const field of all('Operators').slice(0, 1)) await userEvent.clear(field);
  for (const field of all('From').slice(1)) await userEvent.selectOptions(field, '14:00');
  for (const field of all('To').slice(1)) await userEvent.selectOptions(field, '12:00');
  await userEvent.click(screen.getByRole('button', { name: 'Simulate' }));
  await waitFor(() => expect(all('To')[1]).toBeInvalid());
  expect(all('To')[0]).toBeValid();
  expect(log.find(({ method }) => method === 'POST')?.body).toMatchObject({ changes: { operators: [{ from: '14:00', to: '12:00', add: 1 }] } });
});
