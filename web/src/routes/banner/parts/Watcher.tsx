import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { changeLanguage } from '../../../i18n';
import { stateOf } from '../../../ui/Status';
import { pauseOf } from '../state/model';
import { useMe } from '../state/post';
import { ringer } from '../state/sound';
import { useAlerts } from '../state/useAlerts';
import { useAutoAnswer } from '../state/useAutoAnswer';
import { usePickUpKey } from '../state/usePickUpKey';
import { useRings } from '../state/useRings';
import { useFreshHistory } from './useHistory';

/** Shows nothing: what has to happen with each event happens here, and renders nothing else. */
export function Watcher() {
  const { t } = useTranslation(['banner', 'common']);
  const word = useMe((me) => (stateOf(me) === 'paused' ? pauseOf(me)?.name : undefined));
  const state = useMe(stateOf);
  const language = useMe((me) => me.language);
  useAlerts(word ?? t(`common:state.${state}`));
  useAutoAnswer();
  useFreshHistory();
  useSound();
  usePickUpKey();
  // His record may be changed while he is here; the names that come with it are in its language.
  useEffect(() => void changeLanguage(language), [language]);
  return null;
}

// The ring is made once the page stands.
const afterwards = 1000;

/** Browsers let a page sound after a click or a key only: the first one after a reload will do. */
function useSound(): void {
  const ring = useRings();
  useEffect(() => {
    const unlock = (): void => ringer.unlock();
    const once = { once: true, capture: true };
    document.addEventListener('pointerdown', unlock, once);
    document.addEventListener('keydown', unlock, once);
    return () => {
      document.removeEventListener('pointerdown', unlock, once);
      document.removeEventListener('keydown', unlock, once);
    };
  }, []);
  useEffect(() => {
    if (!ring) return undefined;
    const timer = setTimeout(() => ringer.prepare(), afterwards);
    return () => clearTimeout(timer);
  }, [ring]);
}
