import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { useShortcut } from '../../../ui/Shortcuts';
import { pickUp } from './actions';
import { useLine, useMe, usePost } from './post';
import { prefs } from './prefs';

/** One key takes the call that has waited longest, however the banner is laid out. */
export function usePickUpKey(): void {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const any = useMe((me) => me.pickUps.length > 0);
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const take = (): void => {
    const [first] = post.line.me.get().pickUps;
    if (first) pickUp(post, first.id);
  };
  useShortcut(keys.pickUp, t('keys.pickUp'), take, !keysOn || lost || !any);
}
