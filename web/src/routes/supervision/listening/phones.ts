import type { Schema } from '../../../api/client';
import { remember, remembered } from '../../../kept';
import { Value } from '../../../live/value';

/** The phone calls are heard on. */
export type ListenPhone =
  | { readonly kind: 'browser' }
  | { readonly kind: 'centrex'; readonly account: string }
  | { readonly kind: 'external'; readonly number: string };

const place = 'bandeau-listening-phone';

/** Reads what was kept; null for nothing, or nothing that is understood. */
export function parsePhone(text: string | null): ListenPhone | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Schema<'ListenPhone'>> | null;
    if (kept?.kind === 'browser') return { kind: 'browser' };
    if (kept?.kind === 'centrex' && typeof kept.account === 'string') return { kind: 'centrex', account: kept.account };
    if (kept?.kind === 'external' && typeof kept.number === 'string') return { kind: 'external', number: kept.number };
  } catch {
    // Somebody else's text.
  }
  return null;
}

/** What he has chosen in this browser; null until he is asked. */
export const listenPhone = new Value<ListenPhone | null>(parsePhone(remembered('localStorage', place)));

export function chooseListenPhone(phone: ListenPhone): void {
  remember('localStorage', place, JSON.stringify(phone));
  listenPhone.set(phone);
}
