import type { Language } from '../src/i18n';
import enBanner from '../src/locales/en/banner.json';
import esBanner from '../src/locales/es/banner.json';
import admin from '../src/locales/fr/admin.json';
import banner from '../src/locales/fr/banner.json';
import common from '../src/locales/fr/common.json';
import login from '../src/locales/fr/login.json';
import supervision from '../src/locales/fr/supervision.json';
import itBanner from '../src/locales/it/banner.json';

/** What the pages say in French, the language of the centre: tests find things by what people read. */
export const fr = { admin, banner, common, login, supervision };

/** What the banner says in each language. */
export const bannerWords: Record<Language, typeof banner> = { fr: banner, en: enBanner, it: itBanner, es: esBanner };

/** Words with what stands for their places. */
export function filled(words: string, values: Record<string, string | number>): string {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, String(value)), words);
}
