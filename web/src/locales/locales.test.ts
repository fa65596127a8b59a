import { describe, expect, test } from 'vitest';

import { languages, namespaces } from '../i18n';

type Words = Record<string, unknown>;

const files = import.meta.glob<Words>('./*/*.json', { eager: true, import: 'default' });

/** The texts of a file by their path. Arrays are not used. */
function flat(words: Words, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') texts.set(prefix + key, value);
    else for (const [path, text] of flat(value as Words, `${prefix}${key}.`)) texts.set(path, text);
  }
  return texts;
}

function texts(language: string, namespace: string): Map<string, string> {
  const file = files[`./${language}/${namespace}.json`];
  if (!file) throw new Error(`${language}/${namespace}.json is missing`);
  return flat(file);
}

const plural = /_(zero|one|two|few|many|other)$/;

/** Keys without their plural ending. */
function stems(all: Map<string, string>): string[] {
  return [...new Set([...all.keys()].map((key) => key.replace(plural, '')))].sort();
}

const placeholders = (text: string): string[] => [...text.matchAll(/{{\s*(\w+)/g)].map((match) => match[1] ?? '').sort();

describe.each(namespaces)('%s', (namespace) => {
  const french = texts('fr', namespace);

  test.each(languages)('%s has the same texts', (language) => {
    expect(stems(texts(language, namespace))).toEqual(stems(french));
  });

  test.each(languages)('%s has exactly its plural forms', (language) => {
    const all = texts(language, namespace);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const stem of stems(all).filter((key) => all.has(`${key}_other`))) {
      expect(forms.filter((form) => all.has(`${stem}_${form}`)), stem).toEqual(forms);
      expect([...all.keys()].filter((key) => key.replace(plural, '') === stem), stem).toHaveLength(forms.length);
    }
  });

  // No sign alone at the head of a line: French sets spaces before some signs, every language before units.
  test.each(languages)('%s keeps figures with their units', (language) => {
    for (const [key, text] of texts(language, namespace)) expect(text, key).not.toMatch(/(?:\d|\}\}) (?:s|min|h|Mi[Bo]|%)(?!\p{L})/u);
  });

  test('fr has no-break spaces where French has spaces', () => {
    for (const [key, text] of french) {
      expect(text, `${key}: U+202F before ; ? !`).not.toMatch(/[ \u00a0][;?!]/);
      expect(text, `${key}: U+00A0 before : and within « »`).not.toMatch(/[ \u202f][:»]|«(?!\u00a0)|[^\u00a0]»/);
      expect(text, `${key}: a space before the sign`).not.toMatch(/[\p{L}»)](?:[?!;]|:(?: |$))/u);
    }
  });

  test.each(languages)('%s says the same things', (language) => {
    for (const [key, text] of texts(language, namespace)) {
      expect(text.trim(), key).not.toBe('');
      const origin = french.get(key) ?? french.get(key.replace(plural, '_other'));
      if (origin !== undefined && !/_(zero|one|two)$/.test(key)) expect(placeholders(text), key).toEqual(placeholders(origin));
    }
  });
});
