import { useMediaQuery } from '@mantine/hooks';

import { useValue } from '../../../live/value';
import { prefs, type Layout } from './prefs';

export const wideEnough = '(min-width: 900px)';
const flat = '(max-height: 420px)';

/** A strip where the window is one, or where it was chosen and has room. */
function isStrip(layout: Layout, wide: boolean, short: boolean): boolean {
  return wide && (layout === 'strip' || (layout === 'auto' && short));
}

export function stripNow(): boolean {
  return isStrip(prefs.get().layout, matchMedia(wideEnough).matches, matchMedia(flat).matches);
}

export function useStrip(): boolean {
  const { layout } = useValue(prefs);
  const wide = useMediaQuery(wideEnough, globalThis.innerWidth >= 900);
  const short = useMediaQuery(flat, globalThis.innerHeight <= 420);
  return isStrip(layout, wide, short);
}
