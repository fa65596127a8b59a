import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, test } from 'vitest';

import { changeLanguage, loadWords, startWords, type Language } from '../i18n';
import { readRule, ruleText } from './rules';
import templates from './rules.templates.json';

let t: TFunction;

beforeAll(async () => {
  await startWords();
  await loadWords('rules');
  t = i18next.t;
});

async function speak(language: Language): Promise<void> {
  await changeLanguage(language);
  t = i18next.t;
}

const foreseen = Object.entries(templates);

describe('a sentence of the server', () => {
  test.each(foreseen)('is found by its template: %s', (key, template) => {
    let n = 0;
    const sentence = template.replaceAll(/{{\w+}}/g, () => String(++n * 7));
    const found = readRule(sentence);
    expect(found?.rule).toBe(key);
    expect(Object.values(found?.values ?? {})).toEqual(Array.from({ length: n }, (_, i) => String((i + 1) * 7)));
  });

  test('is said in the language of the page, its values with it', async () => {
    await speak('fr');
    expect(ruleText(t, 'must be from 5 to 120')).toBe('De 5 à 120.');
    expect(ruleText(t, 'must be from 0 to 86400, or null').replaceAll(/\s/g, ' ')).toBe('De 0 à 86 400, ou vide.');
    await speak('it');
    expect(ruleText(t, 'is required')).toBe('Obbligatorio.');
    await speak('es');
    expect(ruleText(t, '"random" is not available in this version')).toBe('"random" no está disponible en esta versión.');
    await speak('en');
    expect(ruleText(t, 'must be one of fr, en, it, es')).toBe('Possible values: fr, en, it, es.');
  });

  test('says what is wrong with a file without words of another language', async () => {
    await speak('fr');
    expect(ruleText(t, 'cut off after 3.2 s of 10 s').replaceAll('\u00a0', ' ')).toBe("Le fichier s'arrête après 3,2 s sur 10 s : il est tronqué.");
    expect(ruleText(t, 'not a WAV or MP3 file: it is an MPEG-4 file (M4A or MP4)')).toContain('autre format\u00a0: MPEG-4.');
    expect(ruleText(t, 'not a WAV or MP3 file: it begins with "<svg"')).toContain('il commence par "<svg".');
    expect(ruleText(t, 'not a WAV or MP3 file: it begins with the bytes 00 01')).toContain('il commence par 00 01.');
    expect(ruleText(t, 'an MP3 file without audio')).toBe('Le fichier ne contient aucun son.');
  });

  test('keeps braces of placeholders as they are', async () => {
    await speak('fr');
    expect(ruleText(t, 'must hold no other placeholders than {caller} {called}')).toBe('Seules ces variables sont possibles\u00a0: {caller} {called}.');
  });

  test('that nobody foresaw is shown with a word before it', async () => {
    await speak('fr');
    expect(ruleText(t, 'must rhyme')).toBe('Refusé par le serveur\u00a0: must rhyme');
  });
});
