import { expect, test } from 'vitest';

import { activeSetup, devicesOf, phoneCodecs } from './browser';
import { found, noChoices, parseChoices } from './choices';
import { levelOf } from './meter';
import { gradeOf, readStats } from './quality';
import { readPhone } from './wire';

test('the page begins the handshake', () => {
  expect(activeSetup('v=0\r\na=setup:actpass\r\n')).toBe('v=0\r\na=setup:active\r\n');
});

test('only what telephones speak is offered, A-law first', () => {
  const able = ['opus/48000', 'PCMU/8000', 'telephone-event/48000', 'telephone-event/8000', 'PCMA/8000'].map((text) => {
    const [name, rate] = text.split('/');
    return { mimeType: `audio/${name ?? ''}`, clockRate: Number(rate) };
  });
  expect(phoneCodecs(able).map(({ mimeType }) => mimeType)).toEqual(['audio/PCMA', 'audio/PCMU', 'audio/telephone-event']);
});

test('names that stand for other devices are no devices, but tell which one is preferred', () => {
  const device = (kind: MediaDeviceKind, deviceId: string, label: string) => ({ kind, deviceId, label });
  expect(devicesOf([
    device('audioinput', 'default', 'Default - Headset'), device('audioinput', 'h', 'Headset'), device('videoinput', 'v', 'Camera'),
    device('audiooutput', 'communications', 'Communications - Headset'), device('audiooutput', 'h', 'Headset'),
  ])).toEqual({ inputs: [{ id: 'h', label: 'Headset' }], outputs: [{ id: 'h', label: 'Headset' }], usual: 'Default - Headset' });
});

test('a chosen device is found by its identifier, else by its name, else not', () => {
  const among = [{ id: 'a', label: 'Headset' }, { id: 'b', label: 'Desk' }];
  expect(found({ id: 'b', label: 'Headset' }, among)).toBe('b');
  expect(found({ id: 'x', label: 'Headset' }, among)).toBe('a');
  expect(found({ id: 'x', label: '' }, [{ id: 'a', label: '' }])).toBe('');
  expect(found(null, among)).toBe('');
});

test.each([null, 'nonsense', '{"input":"headset","clean":7}', 'null'])('kept choices that are %s are the default', (text) => {
  expect(parseChoices(text)).toEqual(noChoices);
});

test('loss is counted since the last measure, and of both ways the worse counts', () => {
  const first = readStats([{ type: 'inbound-rtp', kind: 'audio', packetsReceived: 1000, packetsLost: 50, jitter: 0.01 }], null);
  expect(first).toEqual({ counted: { received: 1000, lost: 50 }, lossPercent: 0, jitterMs: 10, roundTripMs: 0 });
  const second = readStats([
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: 1099, packetsLost: 51, jitter: 0.01 },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: 5, packetsLost: 500 },
    { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.031, jitter: 0.05 },
    { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.12 },
    { type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 9 },
  ], first.counted);
  expect(second).toMatchObject({ lossPercent: 3.1, jitterMs: 50, roundTripMs: 120 });
});

test.each([
  [0, 5, 20, 'good'], [2, 5, 20, 'fair'], [0, 50, 20, 'fair'], [0, 5, 400, 'fair'], [6, 5, 20, 'poor'], [0, 90, 20, 'poor'], [0, 5, 700, 'poor'],
])('%s %% lost, %s ms of jitter and %s ms there and back are %s', (lossPercent, jitterMs, roundTripMs, grade) => {
  expect(gradeOf({ lossPercent, jitterMs, roundTripMs })).toBe(grade);
});

test('silence has no level, a loud voice nearly all of it', () => {
  expect(levelOf(new Float32Array(100))).toBe(0);
  expect(levelOf(new Float32Array(100).fill(0.5))).toBeGreaterThan(0.9);
  expect(levelOf(new Float32Array(100).fill(0.01))).toBeCloseTo(20 / 55, 5);
});

test('what is not about the phone, or not understood, is nothing', () => {
  for (const said of [undefined, null, 'ping', {}, { kind: 'dance' }]) expect(readPhone(said)).toBeNull();
  expect(readPhone({ kind: 'ping', session: 's', n: 1 })).toEqual({ kind: 'ping', session: 's', n: 1 });
});
