import { expect, test } from 'vitest';

import type { Trunk } from '../parts/kinds';
import { host, source } from './checks';
import { bodyOf, newTrunk, valuesOf } from './values';

const trunk: Trunk = {
  id: 't1', createdAt: '2026-01-01T08:00:00.000Z', updatedAt: '2026-01-01T08:00:00.000Z', name: 'Main', host: '192.0.2.1', port: 5060,
  transport: 'udp', sources: [], username: 'bandeau', digest: 'md5', register: false, maxCalls: null, priority: 1, codecs: ['PCMU', 'PCMA'],
  keepaliveSeconds: 60, format: 'e164+', forwardCaller: true, enabled: true, state: 'up',
};

test('a stored password is sent only to be replaced or removed', () => {
  const values = valuesOf(trunk);
  expect(bodyOf(values)).not.toHaveProperty('password');
  expect(bodyOf({ ...values, secret: 'replace', password: 'new' }).password).toBe('new');
  expect(bodyOf({ ...values, secret: 'replace', password: '' })).not.toHaveProperty('password');
  expect(bodyOf({ ...values, secret: 'remove', password: 'left over' }).password).toBeNull();
  expect(bodyOf(newTrunk)).not.toHaveProperty('password');
});

test('codecs keep their order, and an empty user name is none', () => {
  expect(bodyOf(valuesOf(trunk)).codecs).toEqual(['PCMU', 'PCMA']);
  expect(bodyOf({ ...valuesOf(trunk), username: ' ' }).username).toBeNull();
});

test('what is plainly no host or no source is said at once', () => {
  for (const right of ['sip.example.org', '192.0.2.1', '2001:db8::1']) expect(host(right)).toBeUndefined();
  for (const wrong of ['sip.example.org:5060', 'sip:a@b', 'two words']) expect(host(wrong)).toBeDefined();
  for (const right of ['192.0.2.0/24', '192.0.2.10/32:5080', '2001:db8::/32:5080', '192.0.2.7']) expect(source(right)).toBeUndefined();
  for (const wrong of ['example.org', '192.0.2.0/24:', '192.0.2.1:5060/32']) expect(source(wrong)).toBeDefined();
});
