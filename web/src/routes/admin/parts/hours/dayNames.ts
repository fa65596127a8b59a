import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../../i18n';
import { formatOf } from '../../../../ui/time';
import { days, type Day } from './hours';

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** The days of the week in the language of the page, with a capital. */
export function useDayNames(): Readonly<Record<Day, string>> {
  // Rendered anew with the language.
  useTranslation('admin');
  const language = currentLanguage();
  return useMemo(() => {
    const format = formatOf(language, { weekday: 'long', timeZone: 'UTC' });
    // 5 January 1970 was a Monday.
    return Object.fromEntries(days.map((day, i) => [day, capital(format.format((4 + i) * 86_400_000))])) as Record<Day, string>;
  }, [language]);
}

/** The months, January first, as [1, "January"]. */
export function useMonthNames(): readonly { readonly value: string; readonly label: string }[] {
  useTranslation('admin');
  const language = currentLanguage();
  return useMemo(() => {
    const format = formatOf(language, { month: 'long', timeZone: 'UTC' });
    return Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: format.format(Date.UTC(2000, i, 1)) }));
  }, [language]);
}
