import { currentLanguage } from '../i18n';

// The 24 hour clock, in the language of the page; the zone is the centre's where it matters.

export function clockTime(at: string | number, timeZone?: string, seconds = false): string {
  return new Intl.DateTimeFormat(currentLanguage(), {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds && { second: '2-digit' }), ...(timeZone && { timeZone }),
  }).format(typeof at === 'string' ? Date.parse(at) : at);
}

export function dateTime(at: string | number, timeZone?: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), {
    day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(timeZone && { timeZone }),
  }).format(typeof at === 'string' ? Date.parse(at) : at);
}
