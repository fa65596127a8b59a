import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';

import { email, oneLine, telephone } from '../parts/rules';
import { serve, show } from '../parts/test';
import { cautions } from './cautions';
import { phoneNumber } from './checks';
import { OperatorForm } from './OperatorForm';
import { broken } from './template';
import { newValues } from './values';

afterEach(() => {
  vi.unstubAllGlobals();
});

const control = String.fromCharCode(7);
const fits = 'A telephone number of a possible length, such as +33170200200';

// Field, what is typed, and the rule that is said on leaving it.
const refusedValues: readonly (readonly [RegExp, string, string])[] = [
  [/^Full name/, '', 'Required.'],
  [/^Full name/, 'x'.repeat(101), 'From 1 to 100 characters.'],
  [/^Full name/, `Jeanne${control}Dupont`, 'One line of text, without control characters'],
  [/^Login/, '', 'Required.'],
  [/^Login/, 'x'.repeat(33), 'From 1 to 32 characters of a-z'],
  [/^Login/, 'jeanne dupont', 'From 1 to 32 characters of a-z'],
  [/^Login/, `jdupont${control}x`, 'From 1 to 32 characters of a-z'],
  [/^E-mail/, '', 'Required.'],
  [/^E-mail/, 'jeanne', 'An e-mail address of'],
  [/^E-mail/, `${'x'.repeat(250)}@example.org`, 'An e-mail address of'],
  [/^E-mail/, `jeanne${control}@example.org`, 'An e-mail address of'],
  [/^Phone number/, '', 'Required.'],
  [/^Phone number/, 'twelve', `${fits}, or a short code of 2 to 6 digits`],
  [/^Phone number/, `+${'3'.repeat(17)}`, `${fits}, or a short code of 2 to 6 digits`],
  [/^Phone number/, `0612${control}345678`, `${fits}, or a short code of 2 to 6 digits`],
  [/^Phone number/, '15', 'An emergency number is not allowed here.'],
  [/^Phone number/, '+33 1 70 20 02 00', 'This number would lead back into the centre'],
  [/^Number to present/, '', 'Required.'],
  [/^Number to present/, '+0', `${fits}, or a short code of 2 to 6 digits`],
  [/^Direct number/, '12 rue', fits],
  [/^Direct number/, '1'.repeat(41), fits],
  [/^Ring time/, '', 'From 5 to 120.'],
  [/^Ring time/, '4', 'From 5 to 120.'],
  [/^Ring time/, '121', 'From 5 to 120.'],
  [/^Ignored after a failure/, '', 'From 0 to 3,600.'],
  [/^Ignored after a failure/, '3601', 'From 0 to 3,600.'],
  [/^Wrap-up/, '3601', 'From 0 to 3,600, or empty.'],
  [/^Wrap-up/, '9'.repeat(30), 'From 0 to 3,600, or empty.'],
  [/^Log out every day/, '24:00', 'A time from 00:00 to 23:59'],
  [/^Log out every day/, 'noon', 'A time from 00:00 to 23:59'],
  [/^Log out without a call/, '0', 'From 1 to 1,440, or empty.'],
  [/^Log out without a call/, '1441', 'From 1 to 1,440, or empty.'],
  [/^Missed calls/, '0', 'From 1 to 100, or empty.'],
  [/^Missed calls/, '101', 'From 1 to 100, or empty.'],
  [/^Address for an incoming/, 'javascript:alert(1)', 'Has to begin with https:// or http://.'],
  [/^Address for an incoming/, `https://crm.example.com/${'x'.repeat(2048)}`, 'At most 2,048 bytes.'],
  [/^Address for an outgoing/, 'https://{caller}.example.com/', 'No placeholder before the path'],
  [/^Address for an outgoing/, 'https://crm.example.com/{who}', 'Only these placeholders are possible'],
];

function NewForm() {
  const start = newValues({ language: 'en', dialCountry: 'FR' });
  return (
    <OperatorForm
      start={{ ...start, phone: { ...start.phone, kind: 'external' }, callerId: { mode: 'custom', number: null } }}
      back={{ to: '/admin/operators', label: 'Operators' }}
    />
  );
}

const centre = { id: 'c1', name: 'Centre', language: 'en', dialCountry: 'FR', mainNumber: null };

const replies = {
  'GET /me': { body: { id: 'u1', login: 'tech', name: 'Tech', role: 'technical', language: 'en' } },
  'GET /centre': { body: centre },
  'GET /numbers': { body: { items: [{ id: 'n1', number: '+33170200200', label: '' }], next: '' } },
};

test('each field says the rule that is broken, on leaving it', async () => {
  serve(replies);
  await show(NewForm);
  await screen.findByRole('textbox', { name: /^Address for an incoming/ });
  await vi.waitFor(() => expect(document.querySelectorAll('input[disabled]')).toHaveLength(0));
  for (const [name, typed, rule] of refusedValues) {
    // By its label: by its role every name on the page is computed, for each field anew.
    const field = screen.getByLabelText(name, { selector: 'input' });
    fireEvent.change(field, { target: { value: typed } });
    fireEvent.blur(field);
    expect(field, `${name.source} with "${typed}"`).toHaveAccessibleDescription(expect.stringContaining(rule) as string);
  }
  // The whole form is drawn some seventy times.
}, 120_000);

test('choices that work against each other are warned of at once, and refuse nothing', async () => {
  serve(replies);
  await show(NewForm);
  const click = async (name: RegExp) => fireEvent.click(await screen.findByRole('switch', { name }));
  expect(screen.queryByText(/prevails over/)).toBeNull();
  await click(/^Assumed always connected/);
  expect(screen.queryByText(/prevails over/)).toBeNull();
  await click(/^Paused at login/);
  // At both fields, and said once.
  expect(screen.getAllByText(/prevails over.*despite the pause\.$/)).toHaveLength(2);
  expect(screen.getAllByRole('status').filter((status) => within(status).queryByText(/prevails over/))).toHaveLength(1);
  await click(/^Ask for the phone at login/);
  expect(screen.getAllByText(/except while the phone is still to be chosen/)).toHaveLength(2);
  await click(/^Paused at login/);
  expect(screen.queryByText(/prevails over/)).toBeNull();

  await click(/^Log out a silent banner/);
  expect(screen.queryByText(/outlives a silent banner/)).toBeNull();
  await click(/^Persistent session/);
  expect(screen.getByText(/outlives a silent banner/)).toBeInTheDocument();
});

test('the cautions of all combinations', () => {
  const none = { alwaysConnected: false, pauseAtLogin: false, askPhoneAtLogin: false, silenceLogout: false, persistentSession: false };
  expect(cautions({ ...none, askPhoneAtLogin: true, pauseAtLogin: true, persistentSession: true })).toEqual([]);
  expect(cautions({ ...none, alwaysConnected: true, pauseAtLogin: true })).toEqual(['pausedButCalled']);
  expect(cautions({ alwaysConnected: true, pauseAtLogin: true, askPhoneAtLogin: true, silenceLogout: true, persistentSession: true }))
    .toEqual(['pausedButCalledAsked', 'silenceWithoutEffect']);
});

test.each(['jeanne@example.org', "o'neil+x@sub.example.org", ' a@b '])('%s is an e-mail address', (value) => expect(email(value)).toBeUndefined());

test.each(['a..b@example.org', '.a@example.org', 'a@b@c', '"a b"@example.org', 'jeanne@exämple.org', 'a@', 'a@[1.2.3.4]'])('%s is none', (value) => expect(email(value)).toBeDefined());

test.each(['+33 1 70 20 02 00', '01.70.20.02.00', '0033170200200', '(0)1 70-20/02 00', ''])('"%s" may be a telephone number', (value) => expect(telephone(value)).toBeUndefined());

test('a name has neither controls nor marks that turn the text around it', () => {
  expect(oneLine('Jean-François Łukasz O’Neil 李')).toBeUndefined();
  for (const mark of [0x00, 0x1f, 0x7f, 0x85, 0x2028, 0x202e, 0x2066, 0xfffd]) expect(oneLine(`a${String.fromCodePoint(mark)}b`), mark.toString(16)).toBeDefined();
});

test('a phone is no emergency number of the centre, and none of the centre', () => {
  const french = phoneNumber({ country: 'FR', own: ['+33170200200', '+33 1 70 20 02 01', ''] });
  expect(french('1 1 2')).toBe('must not be an emergency number');
  expect(french('18')).toBe('must not be an emergency number');
  expect(french('118')).toBeUndefined();
  expect(phoneNumber({ country: 'IT', own: [] })('118')).toBe('must not be an emergency number');
  expect(french('+33170200201')).toMatch(/lead back/);
  expect(french('06 12 34 56 78')).toBeUndefined();
});

test.each([
  ['https://crm.example.com/{caller}?n={operatorName}', undefined],
  ['HTTP://crm:8080', undefined],
  ['https://crm.example.com/a b', /spaces/],
  ['https://crm.example.com\\x', /backslashes/],
  ['ftp://crm.example.com', /begin with/],
  ['crm.example.com', /begin with/],
  ['https://{caller}/', /before the path/],
  ['https://crm.example.com/{caller', /close every/],
  ['https://crm.example.com/caller}', /close every/],
  ['https://crm.example.com/{{caller}}', /close every/],
  ['https://crm.example.com/{toString}', /no other placeholders/],
  ['https://', /with a host/],
])('the address %s', (template, rule) => {
  if (rule) expect(broken(template)).toMatch(rule);
  else expect(broken(template)).toBeUndefined();
});
