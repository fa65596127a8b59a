import { remember, remembered } from '../kept';
import { Value } from '../live/value';
import type { Device } from './platform';

/** What a person has chosen for the phone in this browser; null is the device the system prefers. */
export interface Choices {
  readonly input: Device | null;
  readonly output: Device | null;
  /** Where it rings: often the loudspeaker, where the voice is in the headset. */
  readonly ring: Device | null;
  readonly clean: boolean;
}

export const noChoices: Choices = { input: null, output: null, ring: null, clean: true };

const place = 'bandeau-phone';

function device(value: unknown): Device | null {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('label' in value)) return null;
  const { id, label } = value;
  return typeof id === 'string' && typeof label === 'string' ? { id, label } : null;
}

/** Reads what was kept; what is missing or no longer understood is the default. */
export function parseChoices(text: string | null): Choices {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<Record<keyof Choices, unknown>> | null;
    return { input: device(kept?.input), output: device(kept?.output), ring: device(kept?.ring), clean: kept?.clean !== false };
  } catch {
    return noChoices;
  }
}

export const choices = new Value<Choices>(parseChoices(remembered('localStorage', place)));

export function choose(change: Partial<Choices>): void {
  const next = { ...choices.get(), ...change };
  remember('localStorage', place, JSON.stringify(next));
  choices.set(next);
}

/** The identifier of a device that was chosen: by its identifier, else by its name. Empty for none, or for one that is not here. */
export function found(chosen: Device | null, among: readonly Device[]): string {
  if (chosen === null) return '';
  const same = among.find(({ id }) => id === chosen.id) ?? among.find(({ label }) => label !== '' && label === chosen.label);
  return same?.id ?? '';
}
