import { describe, expect, test } from 'vitest';

import { byDay } from './days';
import { fakeLine } from './fake';
import { keypadKey } from './keypad';
import { checkNumber, dialled } from './number';
import { clashes, defaults, isKey, parsePrefs } from './prefs';
import { ringSamples } from './sound';
import { maxTags, suggestTags, tidyTag, withTag } from './tags';

describe('numbers', () => {
  test.each([
    ['01 45.67-89 (10)', '0145678910'],
    ['tel:+33-1-45-67-89-10', '+33145678910'],
    ['*43#', '*43#'],
  ])('%s is dialled as %s', (text, number) => expect(dialled(text)).toBe(number));

  test.each([
    ['', 'empty'], ['  ', 'empty'], ['1', 'short'], ['15', 'ok'], ['+33 1 45 67 89 10', 'ok'], ['Paul', 'characters'], ['1+2', 'characters'],
  ])('%j is %s', (text, check) => expect(checkNumber(text)).toBe(check));
});

describe('the keypad', () => {
  const plain = { ctrlKey: false, altKey: false, metaKey: false };
  test('takes what is on it', () => {
    expect(['7', '*', '#', 'a', 'Enter'].map((key) => keypadKey({ ...plain, key }))).toEqual(['7', '*', '#', null, null]);
  });
  test('leaves the browser its shortcuts, and takes # by AltGr', () => {
    expect(keypadKey({ ...plain, key: '1', ctrlKey: true })).toBeNull();
    expect(keypadKey({ ...plain, key: '1', altKey: true })).toBeNull();
    expect(keypadKey({ ...plain, key: '#', ctrlKey: true, altKey: true })).toBe('#');
  });
});

describe('tags', () => {
  test('are tidy, and there once', () => {
    expect(withTag(['Facture'], '  carte   bleue ')).toEqual(['Facture', 'carte bleue']);
    const same = ['Facture'];
    expect(withTag(same, 'facture')).toBe(same);
    expect(withTag(same, '   ')).toBe(same);
    expect(tidyTag('é'.repeat(60))).toHaveLength(50);
  });
  test('end at their most', () => {
    const full = Array.from({ length: maxTags }, (_, i) => `t${i}`);
    expect(withTag(full, 'one more')).toBe(full);
  });
  test('are suggested by use, without those chosen, by what is typed', () => {
    const calls = [{ tags: ['devis'] }, { tags: ['facture', 'relance'] }, { tags: ['facture'] }];
    expect(suggestTags(calls, [], '')).toEqual(['facture', 'devis', 'relance']);
    expect(suggestTags(calls, ['Facture'], '')).toEqual(['devis', 'relance']);
    expect(suggestTags(calls, [], 'RE')).toEqual(['relance']);
    expect(suggestTags(calls, [], '', 1)).toEqual(['facture']);
  });
});

describe('what a person has chosen', () => {
  test('is read as far as it is understood', () => {
    expect(parsePrefs(null)).toEqual(defaults);
    expect(parsePrefs('no json')).toEqual(defaults);
    expect(parsePrefs('{"layout":"strip","ring":true,"notify":"yes","keys":{"answer":"x","end":"?"}}')).toEqual({
      ...defaults, layout: 'strip', ring: true, keys: { ...defaults.keys, answer: 'x' },
    });
  });
  test('stands where an action has come that he did not know', () => {
    const { pickUp, ...known } = defaults.keys;
    expect(parsePrefs(JSON.stringify({ keys: { ...known, dial: 'c' } })).keys).toEqual({ ...known, dial: 'c', pickUp });
    expect(parsePrefs(JSON.stringify({ keys: { ...known, dial: 'i', mute: 'u' } })).keys).toEqual({ ...known, dial: 'i', mute: 'u', pickUp: 'k' });
  });
  test('never has two actions on one key', () => {
    expect(parsePrefs('{"keys":{"answer":"e"}}').keys).toEqual(defaults.keys);
    expect([...clashes({ ...defaults.keys, mute: 'e' })].toSorted()).toEqual(['end', 'mute']);
    expect(['a', '7', 'é', '?', 'A', 'ab', ''].map(isKey)).toEqual([true, true, true, false, false, false, false]);
  });
});

test('the history goes by the days of the centre', () => {
  const calls = ['2026-03-29T22:30:00Z', '2026-03-29T21:30:00Z', '2026-03-28T22:59:00Z', '2026-01-02T12:00:00Z'].map((at) => fakeLine({ part: { ...fakeLine().part, at } }));
  // Half past midnight of the 30th in Paris, a day after the clocks were put forward.
  const days = byDay(calls, 'Europe/Paris', Date.parse('2026-03-29T22:40:00Z'));
  expect(days.map(({ day, near, items }) => [day, near, items.length])).toEqual([
    ['2026-03-30', 'today', 1], ['2026-03-29', 'yesterday', 1], ['2026-03-28', null, 1], ['2026-01-02', null, 1],
  ]);
});

test('the ring is loud enough, never too loud, and rests before it begins anew', () => {
  const samples = ringSamples();
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest).toBeGreaterThan(0.2);
  expect(loudest).toBeLessThanOrEqual(1);
  expect(samples.slice(-2000).every((sample) => Math.abs(sample) < 0.001)).toBe(true);
});
