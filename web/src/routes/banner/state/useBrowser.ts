import { useEffect, useState } from 'react';

import { useValue, Value } from '../../../live/value';
import type { MicrophoneTrouble } from '../../../phone/microphone';
import type { PhoneState, Trouble } from '../../../phone/phone';
import { phoneStateOf } from './model';
import { useMe, usePhone } from './post';

/** What keeps the page from being a phone. */
export type BrowserTrouble = Trouble | 'lost' | 'taken' | 'blocked';

const idle = new Value<PhoneState>({ state: 'idle' });
const well = new Value<MicrophoneTrouble | null>(null);
const audible = new Value(false);

// A page becomes a phone in less than a second: so soon nothing is said.
const patience = 2500;

/** How the page stands as a phone. */
export function usePhoneState(): PhoneState {
  return useValue(usePhone()?.state ?? idle);
}

/** Why the page is no phone though it should be; null while it is one, is becoming one, or need not be. */
export function useBrowserTrouble(): BrowserTrouble | null {
  const phone = usePhone();
  const mine = useMe((me) => me.phone.kind === 'browser');
  const unreachable = useMe((me) => phoneStateOf(me.phone) === 'unreachable');
  const state = usePhoneState();
  const microphone = useValue(phone?.microphone.trouble ?? well);
  const blocked = useValue(phone?.blocked ?? audible);
  const away = useLasting(mine && (state.state === 'ready' ? unreachable : state.state !== 'failed' && state.state !== 'taken' && state.state !== 'asking'));
  if (!mine) return null;
  switch (state.state) {
    case 'failed':
      return state.trouble;
    case 'taken':
      return 'taken';
    case 'asking':
      return null;
    default:
      return away ? 'lost' : microphone ?? (blocked ? 'blocked' : null);
  }
}

/** Whether something has been so for a while. */
function useLasting(now: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => setLasts(true), patience);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [now]);
  return now && lasts;
}
