import i18next from 'i18next';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { changeLanguage, guessLanguage, loadWords, startWords } from './i18n';

beforeEach(async () => {
  localStorage.clear();
  await startWords();
  await changeLanguage('fr');
});

afterEach(() => vi.restoreAllMocks());

test('the language that is there already changes nothing: what is on the screen is not rendered anew', async () => {
  const changed = vi.fn();
  i18next.on('languageChanged', changed);
  await changeLanguage('fr');
  expect(changed).not.toHaveBeenCalled();
  await loadWords('login');
  await changeLanguage('it');
  expect(changed).toHaveBeenCalledOnce();
  expect(i18next.t('submit', { ns: 'login' })).not.toBe('submit');
  i18next.off('languageChanged', changed);
});

test('of two changes the last one wins, whichever words arrive first', async () => {
  await Promise.all([changeLanguage('es'), changeLanguage('en')]);
  expect([i18next.language, document.documentElement.lang]).toEqual(['en', 'en']);
});

test('without storage a language can be chosen for as long as the page lasts', async () => {
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('blocked', 'SecurityError');
  });
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('blocked', 'SecurityError');
  });
  await changeLanguage('es', true);
  expect(guessLanguage()).toBe('es');
});
