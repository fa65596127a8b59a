import { useValue } from '../../../live/value';
import { useMe } from './post';
import { prefs, rings } from './prefs';

/** Whether the computer rings. */
export function useRings(): boolean {
  return rings(useValue(prefs), useMe((me) => me.phone.kind));
}
