import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import { remember, remembered } from './kept';

export const languages = ['fr', 'en', 'it', 'es'] as const;
export type Language = (typeof languages)[number];

// One file per language and face, loaded with the face: the banner does not load
// the words of the administration.
export const namespaces = ['common', 'login', 'admin', 'banner', 'supervision', 'rules'] as const;
export type Namespace = (typeof namespaces)[number];

/** Each language under its own name, for the menu that chooses one. */
export const languageNames: Record<Language, string> = { fr: 'Français', en: 'English', it: 'Italiano', es: 'Español' };

const files = import.meta.glob<Record<string, unknown>>('./locales/*/*.json', { import: 'default' });
const used = new Set<Namespace>(['common']);
const kept = 'bandeau-language';

export function isLanguage(text: string | null | undefined): text is Language {
  return languages.some((language) => language === text);
}

/** The language of somebody who has not logged in: chosen before, else the browser's, else French. */
export function guessLanguage(): Language {
  const chosen = remembered('localStorage', kept);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'fr';
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'fr';
}

async function load(language: Language, namespace: Namespace): Promise<void> {
  if (i18next.hasResourceBundle(language, namespace)) return;
  const file = files[`./locales/${language}/${namespace}.json`];
  if (!file) throw new Error(`no words for ${namespace} in ${language}`);
  i18next.addResourceBundle(language, namespace, await file());
}

/** Loads the words of a face; its screens are shown after. */
export async function loadWords(...wanted: readonly Namespace[]): Promise<void> {
  for (const namespace of wanted) used.add(namespace);
  await Promise.all(wanted.map((namespace) => load(currentLanguage(), namespace)));
}

// The language asked for last: words that arrive late for another one change nothing any more.
let wanted: Language | undefined;

/** Changes the language of everything on the screen; keep is true for a choice of the person. */
export async function changeLanguage(language: Language, keep = false): Promise<void> {
  if (keep) remember('localStorage', kept, language);
  wanted = language;
  await Promise.all([...used].map((namespace) => load(language, namespace)));
  // Each change renders all there is on the screen, and this is asked with each link that is pointed at.
  if (wanted !== language || (i18next.language === language && document.documentElement.lang === language)) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function startWords(): Promise<void> {
  const language = guessLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: ['common'],
    defaultNS: 'common',
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await changeLanguage(language);
}
