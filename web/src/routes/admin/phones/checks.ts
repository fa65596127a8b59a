import type { Check } from '../parts/useRecordForm';

export const internal: Check = (value) =>
  (typeof value === 'string' && /^\d{2,6}$/.test(value.trim()) ? undefined : 'must be an internal number of 2 to 6 digits, or null');

export const username: Check = (value) =>
  (typeof value === 'string' && /^[a-z0-9._-]{1,64}$/i.test(value.trim())
    ? undefined : 'must have from 1 to 64 characters of a-z, A-Z, 0-9, dot, hyphen and underscore');
