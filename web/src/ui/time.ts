import { currentLanguage } from '../i18n';

// The 24 hour clock, in the language of the page; the zone is the centre's where it matters.

// Making a format takes a hundred times as long as using it, and a list uses one for each line.
const formats = new Map<string, Intl.DateTimeFormat>();

/** The format of a language with these options, made once. */
export function formatOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, options);
    formats.set(key, format);
  }
  return format;
}

function instant(at: string | number): number {
  return typeof at === 'string' ? Date.parse(at) : at;
}

export function clockTime(at: string | number, timeZone?: string, seconds = false): string {
  return formatOf(currentLanguage(), {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds && { second: '2-digit' }), ...(timeZone && { timeZone }),
  }).format(instant(at));
}

export function dateTime(at: string | number, timeZone?: string): string {
  return formatOf(currentLanguage(), {
    day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(timeZone && { timeZone }),
  }).format(instant(at));
}

/** A day in words, as "Monday 23 November", with a capital where it stands alone. */
export function dayInWords(at: string | number, timeZone: string): string {
  const text = formatOf(currentLanguage(), { weekday: 'long', day: 'numeric', month: 'long', timeZone }).format(instant(at));
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
