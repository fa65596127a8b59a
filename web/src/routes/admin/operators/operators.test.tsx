import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';

import { serve, show } from '../parts/test';
import { expand } from './template';
import { useLoginSuggestion } from './useLoginSuggestion';
import { duplicated, newValues, toBody } from './values';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function NameAndLogin() {
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const typed = useLoginSuggestion(name, true, setLogin);
  return (
    <>
      <label>Name <input value={name} onChange={(event) => setName(event.currentTarget.value)} /></label>
      <label>Login <input value={login} onChange={(event) => {
        setLogin(event.currentTarget.value);
        typed(event.currentTarget.value);
      }} /></label>
    </>
  );
}

test('proposes a login until one is typed', async () => {
  const log = serve({ 'GET /login-suggestion': () => ({ body: { login: 'jdupont' } }) });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
  await show(NameAndLogin);
  await user.type(screen.getByRole('textbox', { name: 'Name' }), 'Jeanne Dupont');
  const login = screen.getByRole('textbox', { name: 'Login' });
  await waitFor(() => expect(login).toHaveValue('jdupont'));
  // A name is asked for when it rests, not with each letter.
  expect(log.length).toBeLessThan(5);

  await user.clear(login);
  await user.type(login, 'jeanne');
  const asked = log.length;
  await user.type(screen.getByRole('textbox', { name: 'Name' }), '-Martin');
  await act(() => vi.advanceTimersByTimeAsync(5000)); // far longer than a name has to rest
  expect(log).toHaveLength(asked);
  expect(login).toHaveValue('jeanne');
});

const start = newValues({ language: 'fr', dialCountry: 'FR' });

test('sends the addresses only for who may write them', () => {
  const values = { ...start, screenPop: { window: 'single', incomingUrl: ' https://crm.example.com/{caller} ', outgoingUrl: '' } } as const;
  expect(toBody(values, false).screenPop).toEqual({ window: 'single' });
  expect(toBody(values, true).screenPop).toEqual({ window: 'single', incomingUrl: 'https://crm.example.com/{caller}', outgoingUrl: '' });
});

test('sends nothing for what is empty, and no phone where none is given', () => {
  const body = toBody({ ...start, phone: { ...start.phone, kind: '' }, logoutAt: '', directNumber: ' ' }, false);
  expect(body.phone).toBeNull();
  expect(body.logoutAt).toBeNull();
  expect(body.directNumber).toBeNull();
  expect(body.wrapUpSeconds).toBeNull();
});

test('a duplicate leaves out what is one person\'s own', () => {
  const copy = duplicated({
    ...toBody({ ...start, fullName: 'Jeanne', login: 'jeanne', email: 'j@example.org', ringSeconds: 40 }, false),
    id: 'o1', createdAt: '', updatedAt: '', passwordState: 'set', directNumber: '+33170200200', callerId: { mode: 'direct', number: null },
    phone: { kind: 'external', number: '+33612345678', account: null, confirm: true }, screenPop: { window: 'tab' },
  } as Parameters<typeof duplicated>[0]);
  expect(copy).toMatchObject({ fullName: '', login: '', email: '', directNumber: '', ringSeconds: 40, callerId: { mode: 'service' }, phone: { kind: 'external', number: '', confirm: true } });
});

test('an address is tried with the values of an imagined call', () => {
  expect(expand('https://crm.example.com/?n={caller}&o={operatorName}')).toBe('https://crm.example.com/?n=%2B33612345678&o=Jeanne%20Dupont');
  expect(expand('javascript:alert(1)')).toBeUndefined();
  expect(expand('https://crm.example.com/{nothing}')).toBeUndefined();
  expect(expand('')).toBeUndefined();
});
