import { Menu } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { ButtonMenu } from '../../../ui/ButtonMenu';
import { Dot } from '../../../ui/Dot';
import type { MenuPlace } from '../../../ui/MenuButton';
import { StateIcon, stateTint } from '../../../ui/Status';
import { becomeAvailable, pause } from '../state/actions';
import { mayBeAvailable, pauseChoices } from '../state/model';
import { useMe, usePost } from '../state/post';
import classes from './StatusButton.module.css';

interface StatusMenuProps {
  readonly place: MenuPlace;
  readonly close: () => void;
}

/** What he can choose to be: available, or in one of the pauses. */
export function StatusMenu({ place }: StatusMenuProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const presence = useMe((me) => me.presence);
  const chosen = useMe((me) => me.pauseType);
  const types = useMe((me) => me.pauseTypes);
  const inCall = useMe((me) => me.activity === 'dialing' || me.activity === 'talking' || me.activity === 'held');
  const available = useMe((me) => me.presence === 'available' && me.pending === null);
  const may = useMe(mayBeAvailable);
  return (
    <ButtonMenu {...place} position="bottom-start" width={320} className={classes['menu']}>
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
    </ButtonMenu>
  );
}
