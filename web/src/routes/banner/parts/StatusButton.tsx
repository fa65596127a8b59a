import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { Dot } from '../../../ui/Dot';
import { useShortcut } from '../../../ui/Shortcuts';
import { StateIcon, stateOf, stateTint } from '../../../ui/Status';
import { becomeAvailable, pause } from '../state/actions';
import { mayBeAvailable, pauseChoices, pauseOf } from '../state/model';
import { useLine, useMe, usePost } from '../state/post';
import { prefs } from '../state/prefs';
import { Figure } from './Figure';
import classes from './StatusButton.module.css';

/** How he stands and since when; opens the menu of what he can choose. */
export function StatusButton() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const state = useMe(stateOf);
  const presence = useMe((me) => me.presence);
  const chosen = useMe((me) => me.pauseType);
  const word = useMe((me) => (stateOf(me) === 'paused' ? pauseOf(me)?.name : undefined));
  const types = useMe((me) => me.pauseTypes);
  const inCall = useMe((me) => me.activity === 'dialing' || me.activity === 'talking' || me.activity === 'held');
  const pending = useMe((me) => me.pending);
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const [open, setOpen] = useState(false);
  // The menu does not come back by itself with the line.
  if (lost && open) setOpen(false);
  const may = useMe(mayBeAvailable);
  const back = useMe((me) => mayBeAvailable(me) && (me.presence === 'paused' || me.activity === 'wrap_up' || me.pending !== null));

  useShortcut(keys.pause, t('keys.pause'), () => setOpen(true), !keysOn || lost);
  useShortcut(keys.available, t('keys.available'), () => becomeAvailable(post), !keysOn || lost || !back);

  const available = presence === 'available' && pending === null;
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-start" width={320} withinPortal>
      <Menu.Target>
        <UnstyledButton className={[classes['status'], stateTint].join(' ')} data-state={state} disabled={lost}>
          <span className={classes['disc']}><StateIcon state={state} className={classes['icon']} /></span>
          <span className={classes['word']}>{word ?? t(`common:state.${state}`)}</span>
          <Figure />
          <IconChevronDown size={20} className={classes['chevron']} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={classes['menu']}>
        <Menu.Item
          leftSection={<span className={[stateTint, classes['entry']].join(' ')} data-state="available"><StateIcon state="available" /></span>}
          rightSection={available ? <IconCheck size={18} aria-label={t('common:chosen')} /> : null}
          disabled={!may}
          onClick={() => becomeAvailable(post)}
        >
          {t('common:state.available')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{inCall ? t('status.pauseAfter') : t('status.pauses')}</Menu.Label>
        {pauseChoices(types).map((type) => (
          <Menu.Item
            key={type.id}
            leftSection={<Dot colour={type.colour} />}
            rightSection={
              presence === 'paused' && chosen === type.id
                ? <IconCheck size={18} aria-label={t('common:chosen')} />
                : type.maxMinutes !== null && <span className={classes['limit']}>{t('status.limit', { minutes: type.maxMinutes })}</span>
            }
            onClick={() => pause(post, type.id)}
          >
            {type.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
