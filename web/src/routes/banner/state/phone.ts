import type { Schema } from '../../../api/client';

type MyPhone = Schema<'MyPhone'>;

/** A phone somebody gave, as PUT /me/phone takes it. */
export type GivenPhone = { readonly kind: 'external'; readonly number: string } | { readonly kind: 'centrex'; readonly account: string };

const place = (operator: string): string => `bandeau-phone-${operator}`;

export function givenPhone(phone: MyPhone): GivenPhone | null {
  if (phone.kind === 'external' && phone.number) return { kind: 'external', number: phone.number };
  if (phone.kind === 'centrex' && phone.account) return { kind: 'centrex', account: phone.account };
  return null;
}

/** Keeps the phone of this session, to propose it in the next one (OP-13). */
export function rememberPhone(operator: string, phone: MyPhone): void {
  const given = givenPhone(phone);
  if (given) localStorage.setItem(place(operator), JSON.stringify(given));
}

/** The phone given last on this computer. */
export function lastPhone(operator: string): GivenPhone | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(operator)) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { kind, number, account } = kept as Record<string, unknown>;
    if (kind === 'external' && typeof number === 'string') return { kind, number };
    if (kind === 'centrex' && typeof account === 'string') return { kind, account };
  } catch {
    // Not ours: as good as nothing.
  }
  return null;
}
