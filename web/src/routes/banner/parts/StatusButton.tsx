import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { MenuButton } from '../../../ui/MenuButton';
import { useShortcut } from '../../../ui/Shortcuts';
import { StateIcon, stateOf, stateTint } from '../../../ui/Status';
import { StatusMenu } from '../later';
import { becomeAvailable } from '../state/actions';
import { mayBeAvailable, pauseOf } from '../state/model';
import { useLine, useMe, usePost } from '../state/post';
import { prefs } from '../state/prefs';
import { Figure } from './Figure';
import classes from './StatusButton.module.css';

/** How he stands and since when; opens the menu of what he can choose. */
export function StatusButton() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const state = useMe(stateOf);
  const word = useMe((me) => (stateOf(me) === 'paused' ? pauseOf(me)?.name : undefined));
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const [open, setOpen] = useState(false);
  // The menu does not come back by itself with the line.
  if (lost && open) setOpen(false);
  const back = useMe((me) => mayBeAvailable(me) && (me.presence === 'paused' || me.activity === 'wrap_up' || me.pending !== null));

  useShortcut(keys.pause, t('keys.pause'), () => setOpen(true), !keysOn || lost);
  useShortcut(keys.available, t('keys.available'), () => becomeAvailable(post), !keysOn || lost || !back);

  return (
    <MenuButton
      className={[classes['status'], stateTint].join(' ')}
      state={state}
      disabled={lost}
      opened={open}
      change={setOpen}
      prepare={() => StatusMenu.prepare()}
      menu={(place) => <StatusMenu place={place} close={place.close} />}
    >
      <span className={classes['disc']}><StateIcon state={state} className={classes['icon']} /></span>
      <span className={classes['word']}>{word ?? t(`common:state.${state}`)}</span>
      <Figure />
      <IconChevronDown size={20} className={classes['chevron']} aria-hidden />
    </MenuButton>
  );
}
