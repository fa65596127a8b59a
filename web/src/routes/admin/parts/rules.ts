// The rules a page can check by itself, in the server's own sentences: ui/rules says
// them in the person's language, whoever found them broken.

export const required = (value: unknown): string | undefined =>
  (value === null || value === undefined || (typeof value === 'string' && value.trim() === '') ? 'is required' : undefined);

/** One line of text, without the characters that have no place in a name: controls, separators of lines, marks that reorder. */
export const oneLine = (value: unknown): string | undefined =>
  (typeof value === 'string' && /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]|\p{Cs}/u.test(value.trim())
    ? 'must be one line of text without control characters' : undefined);

export const length = (high: number) => (value: unknown): string | undefined =>
  (typeof value === 'string' && Array.from(value.trim()).length > high ? `must have from 1 to ${high} characters` : undefined);

/** A whole number within bounds; null where the field may be empty. */
export const within = (low: number, high: number, optional: boolean) => (value: unknown): string | undefined => {
  if (value === null && optional) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return undefined;
  return `must be from ${low} to ${high}${optional ? ', or null' : ''}`;
};

export const clock = (value: unknown): string | undefined =>
  (value === '' || (typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value))
    ? undefined : 'must be a time of day from 00:00 to 23:59 written HH:MM, or null');

export const login = (value: unknown): string | undefined =>
  (typeof value === 'string' && /^[a-z0-9._-]{1,32}$/.test(value.trim().toLowerCase())
    ? undefined : 'must have from 1 to 32 characters of a-z, 0-9, dot, hyphen and underscore');

// The characters of an address that need no quotation marks (RFC 5322 §3.2.3), and words of them with dots between.
const atom = "[!#$%&'*+\\-/=?^_`{|}~A-Za-z0-9]+";
const atoms = `${atom}(?:\\.${atom})*`;
const address = new RegExp(`^${atoms}@${atoms}$`);

export const email = (value: unknown): string | undefined =>
  (typeof value === 'string' && value.trim().length <= 254 && address.test(value.trim())
    ? undefined : 'must be an e-mail address of at most 254 plain characters, such as name@example.org');

/** The digits of a number as people type it; undefined for what is none. */
export function digits(value: string): string | undefined {
  const text = value.trim();
  return text.length <= 40 && /^\+?[0-9 ./()\u00a0\u202f-]*$/.test(text) && /\d/.test(text) ? text.replace(/[^+\d]/g, '') : undefined;
}

// Numbering plans are the server's to know: here is refused what is a number in none of them.
const possible = (found: string): boolean => (found.startsWith('+') ? /^\+[1-9]\d{2,15}$/.test(found) : found.length >= 2);

/** A telephone number; empty is accepted. */
export const telephone = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const found = digits(value);
  return found !== undefined && possible(found) ? undefined : 'must be a telephone number of a possible length, such as +33170200200';
};

/** A telephone number or a short code; empty is accepted. */
export const dialable = (value: unknown): string | undefined =>
  (telephone(value) === undefined
    ? undefined : 'must be a telephone number of a possible length, such as +33170200200, or a short code of 2 to 6 digits');

export const colour = (value: unknown): string | undefined =>
  (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? undefined : 'must be a colour written #rrggbb');

/** The first rule that is broken. */
export const first = (...checks: readonly ((value: unknown) => string | undefined)[]) => (value: unknown): string | undefined => {
  for (const check of checks) {
    const rule = check(value);
    if (rule !== undefined) return rule;
  }
  return undefined;
};
