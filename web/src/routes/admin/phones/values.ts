import type { Schema } from '../../../api/client';
import type { Phone } from '../parts/kinds';

export interface PhoneValues {
  readonly label: string;
  readonly username: string;
  readonly number: string;
}

export const newPhone: PhoneValues = { label: '', username: '', number: '' };

export function valuesOf({ label, username, number }: Phone): PhoneValues {
  return { label, username, number: number ?? '' };
}

/** A user name that is left empty is made by the server. */
export function bodyOf({ label, username, number }: PhoneValues): Schema<'PhoneCreate'> {
  return { label, number: number.trim() === '' ? null : number, ...(username.trim() !== '' && { username }) };
}
