// The rules a page can check by itself, in the server's own sentences: ui/rules says
// them in the person's language, whoever found them broken.

export const required = (value: unknown): string | undefined =>
  (value === null || value === undefined || (typeof value === 'string' && value.trim() === '') ? 'is required' : undefined);

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
  (typeof value === 'string' && /^[a-z0-9._-]{1,32}$/i.test(value.trim())
    ? undefined : 'must have from 1 to 32 characters of a-z, 0-9, dot, hyphen and underscore');

export const email = (value: unknown): string | undefined =>
  (typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value.trim())
    ? undefined : 'must be an e-mail address of at most 254 plain characters, such as name@example.org');

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
