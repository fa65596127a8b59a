import { languages, type Language } from '../src/i18n';
import admin from '../src/locales/fr/admin.json';
import banner from '../src/locales/fr/banner.json';
import common from '../src/locales/fr/common.json';
import login from '../src/locales/fr/login.json';
import supervision from '../src/locales/fr/supervision.json';

/** What the pages say in French, the language of the centre: tests find things by what people read. */
export const fr = { admin, banner, common, login, supervision };

type Words = typeof fr;

const files = import.meta.glob<unknown>('../src/locales/*/*.json', { eager: true, import: 'default' });

/** What the pages say in each language; a test of its own proves that all have the same keys. */
export const wordsIn = Object.fromEntries(languages.map((language) => [
  language, Object.fromEntries(Object.keys(fr).map((face) => [face, files[`../src/locales/${language}/${face}.json`]])),
])) as unknown as Record<Language, Words>;

/** What the banner says in each language. */
export const bannerWords = Object.fromEntries(languages.map((language) => [language, wordsIn[language].banner])) as Record<Language, typeof banner>;

/** Words with what stands for their places. */
export function filled(words: string, values: Record<string, string | number>): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, String(value)), words);
}
