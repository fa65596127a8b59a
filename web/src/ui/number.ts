import type { Language } from '../i18n';

// Countries' ways of grouping digits, for reading only: what is dialled is never rewritten.
const groups: readonly { readonly code: string; readonly pattern: RegExp; readonly form: string }[] = [
  { code: '+33', pattern: /^(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, form: '$1 $2 $3 $4 $5' },
  { code: '+39', pattern: /^(\d{2,3})(\d{3,4})(\d{3,4})$/, form: '$1 $2 $3' },
  { code: '+34', pattern: /^(\d{3})(\d{3})(\d{3})$/, form: '$1 $2 $3' },
  { code: '+44', pattern: /^(\d{2,4})(\d{3,4})(\d{3,4})$/, form: '$1 $2 $3' },
];

/** A telephone number for people: "+33170200200" as "+33 1 70 20 02 00". */
export function readable(number: string): string {
  const plan = groups.find(({ code }) => number.startsWith(code));
  if (!plan) return number;
  const rest = number.slice(plan.code.length);
  return plan.pattern.test(rest) ? `${plan.code} ${rest.replace(plan.pattern, plan.form)}` : number;
}

/** A number in the language's own form. */
export function figure(n: number, language: Language): string {
  return new Intl.NumberFormat(language).format(n);
}
