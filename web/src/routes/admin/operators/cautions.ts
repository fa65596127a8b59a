import type { Operator } from '../parts/kinds';

/** The choices that work against each other, though each of them is allowed. */
export type Caution = 'pausedButCalled' | 'pausedButCalledAsked' | 'silenceWithoutEffect';

export type Choices = Pick<Operator, 'alwaysConnected' | 'pauseAtLogin' | 'askPhoneAtLogin' | 'silenceLogout' | 'persistentSession'>;

/** What is to be said of an operator's choices before they surprise somebody. */
export function cautions(o: Choices): readonly Caution[] {
  const found: Caution[] = [];
  if (o.alwaysConnected && o.pauseAtLogin) found.push(o.askPhoneAtLogin ? 'pausedButCalledAsked' : 'pausedButCalled');
  // A persistent session is not ended by silence: closing the window is silence, and is what it is to outlive.
  if (o.silenceLogout && o.persistentSession) found.push('silenceWithoutEffect');
  return found;
}
