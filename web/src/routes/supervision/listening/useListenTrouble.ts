import { useValue } from '../../../live/value';
import type { MicrophoneTrouble } from '../../../phone/microphone';
import type { Mode } from './mine';
import { useListening } from './useListening';

export type TroubleKind = MicrophoneTrouble | 'former' | 'lost' | 'taken' | 'blocked';

export interface ListenTrouble {
  readonly kind: TroubleKind;
  /** The click that settles it; null where it settles by itself. */
  readonly remedy: (() => void) | null;
  readonly word: 'again' | 'here' | 'hear';
}

/** Whether no microphone opens: one that works is not given up for a chosen one that does not. */
export function useNoVoice(): boolean {
  const { microphone } = useListening().phone;
  const trouble = useValue(microphone.trouble);
  const track = useValue(microphone.track);
  return trouble !== null && track === null;
}

/** What keeps the page from being his phone, or from being heard. */
export function useListenTrouble(mode: Mode): ListenTrouble | null {
  const listening = useListening();
  const { phone } = listening;
  const here = useValue(listening.here);
  const { state } = useValue(phone.state);
  const blocked = useValue(phone.blocked);
  const microphone = useValue(phone.microphone.trouble);
  const track = useValue(phone.microphone.track);
  if (!here) return null;
  if (state === 'taken') return { kind: 'taken', remedy: () => phone.take(), word: 'here' };
  if (state === 'lost' || state === 'failed') return { kind: 'lost', remedy: null, word: 'again' };
  if (blocked) return { kind: 'blocked', remedy: () => void phone.unblock(), word: 'hear' };
  if (mode !== 'listen' && microphone) return { kind: track ? 'former' : microphone, remedy: () => void listening.retryMicrophone(), word: 'again' };
  return null;
}
