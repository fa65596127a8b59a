import { Browser } from '../../../phone/browser';
import { choices, found } from '../../../phone/choices';
import { Phone, type Attending } from '../../../phone/phone';
import { readPhone } from '../../../phone/wire';
import type { Me } from '../../../api/session';
import type { BannerLine } from '../../../live/banner';
import { callOf } from './model';
import { ringer } from './sound';

/** What concerns the phone of his state; null while there is nothing to hear. */
export function attendingOf(me: Me): Attending | null {
  const call = callOf(me);
  if (!call || me.activity === 'wrap_up' || me.activity === 'idle') return null;
  return { call: call.id, open: me.activity !== 'ringing', muted: call.muted };
}

/** This page as his phone, over his own line; stopped by what is returned beside it. */
export function softphone(line: BannerLine): { readonly phone: Phone; readonly stop: () => void } {
  const phone = new Phone(new Browser(), (message) => line.sayPhone(message));
  const attend = (): void => phone.attend(attendingOf(line.me.get()));
  const link = (): void => phone.link(line.line.get().state === 'live');
  const wake = (): void => {
    if (document.visibilityState === 'visible') phone.wake();
  };
  const ring = (): void => ringer.to(found(choices.get().ring, phone.devices.get().outputs));
  line.onPhone = (said) => {
    const understood = readPhone(said);
    if (understood) phone.receive(understood);
  };
  const stops = [line.me.subscribe(attend), line.line.subscribe(link), choices.subscribe(ring), phone.devices.subscribe(ring)];
  document.addEventListener('visibilitychange', wake);
  attend();
  link();
  void phone.start();
  return {
    phone,
    stop: () => {
      for (const stop of stops) stop();
      document.removeEventListener('visibilitychange', wake);
      line.onPhone = () => undefined;
      ringer.to('');
      phone.stop();
    },
  };
}
