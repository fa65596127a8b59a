import { beforeAll, expect, test } from 'vitest';

import { changeLanguage, startWords } from '../../../i18n';
import { columnsOf, drawn, said, worth } from './figures';
import type { Answer, Figures } from './question';

type Half = Answer['simulated']['halfHours'][number];

const exactly = (value: number) => ({ value, low: value, high: value });
const never: Figures = {
  offered: exactly(0), answered: exactly(0), abandoned: exactly(0), overflowed: exactly(0), waiting: exactly(0), serviceLevel: null,
  answerSeconds: null, abandonRate: null, occupancy: null, estimateErrorSeconds: null, estimateOffSeconds: null, estimateNear: null,
};
const begin = Date.parse('2026-01-05T08:00:00.000Z');

/** A day of half hours from eight on; what is not said of one is nothing. */
function day(...halves: Partial<Figures>[]): Answer['simulated'] {
  const halfHours = halves.map((some, n): Half => ({ ...never, ...some, from: new Date(begin + n * 1_800_000).toISOString() }));
  return { halfHours, whole: never };
}

function answerOf(simulated: Answer['simulated'], asRecorded: Answer['simulated'] | null = null): Answer {
  return { simulated, asRecorded, from: new Date(begin).toISOString(), timeZone: 'UTC', runs: 20, seed: 1, confidence: 0.95, erlang: null, notes: [] };
}

const times = (answer: Answer): string[] => worth(answer).map(({ from }) => from.slice(11, 16));

beforeAll(async () => {
  await startWords();
  await changeLanguage('fr');
});

/** Which of the no-break spaces it takes is the browser's affair. */
const plain = (...about: Parameters<typeof said>): string => said(...about).replaceAll(/\s/g, ' ');

test('a share is a percentage, a time has its unit, a number is a number', async () => {
  expect(plain('serviceLevel', 0.8765)).toBe('87,7 %');
  expect(plain('abandonRate', 0)).toBe('0 %');
  expect(plain('answerSeconds', 12.34)).toBe('12,3 s');
  expect(plain('estimateErrorSeconds', -7)).toBe('-7 s');
  expect(plain('offered', 1234.56)).toBe('1 234,6');
  await changeLanguage('en');
  expect([plain('serviceLevel', 1), plain('answerSeconds', 2), plain('offered', 1200)]).toEqual(['100%', '2 sec', '1,200']);
  await changeLanguage('fr');
});

test('a day without half hours, and one in which nothing happened, have none worth showing', () => {
  expect(times(answerOf(day()))).toEqual([]);
  expect(times(answerOf(day({}, {}, {}), day({}, {}, {})))).toEqual([]);
  for (const figure of drawn) expect(columnsOf(answerOf(day({}, {})), figure)).toEqual({ at: [], low: [], high: [], simulated: [], recorded: [] });
});

test('the half hours before the first and after the last in which something happened are left out, those between are not', () => {
  expect(times(answerOf(day({}, { offered: exactly(3) }, {}, { offered: exactly(1) }, {})))).toEqual(['08:30', '09:00', '09:30']);
  expect(times(answerOf(day({ offered: exactly(0.05) })))).toEqual(['08:00']);
});

test('operators who wait for calls are something, idle as they may be', () => {
  expect(times(answerOf(day({}, { occupancy: exactly(0) }, {})))).toEqual(['08:30']);
});

test('what happened on the recorded day alone is shown as well', () => {
  const simulated = day({}, { offered: exactly(2) }, {}, {});
  expect(times(answerOf(simulated, day({ offered: exactly(1) }, {}, {}, {})))).toEqual(['08:00', '08:30']);
  expect(times(answerOf(simulated, day({}, {}, {}, { occupancy: exactly(0.5) })))).toEqual(['08:30', '09:00', '09:30']);
});

test('a drawing has a gap where a figure is none, and the recorded day beside the simulated one', () => {
  const simulated = day({ offered: exactly(4), serviceLevel: { value: 0.8, low: 0.7, high: 0.9 } }, { occupancy: exactly(0.1) });
  const recorded = day({ offered: exactly(4) }, { offered: exactly(1), serviceLevel: exactly(1) });
  const at = [begin / 1000, begin / 1000 + 1800];
  expect(columnsOf(answerOf(simulated, recorded), 'serviceLevel')).toEqual({ at, simulated: [0.8, null], low: [0.7, null], high: [0.9, null], recorded: [null, 1] });
  expect(columnsOf(answerOf(simulated), 'occupancy')).toEqual({ at, simulated: [null, 0.1], low: [null, 0.1], high: [null, 0.1], recorded: [null, null] });
});

test('nothing is not zero: a figure that is zero is drawn', () => {
  const { simulated, low } = columnsOf(answerOf(day({ offered: exactly(1), answerSeconds: exactly(0), abandonRate: exactly(0) })), 'answerSeconds');
  expect([simulated, low]).toEqual([[0], [0]]);
});
