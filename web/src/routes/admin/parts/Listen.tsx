import { ActionIcon } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { clockText } from '../../../ui/Duration';
import { refused } from '../../../ui/toast';
import classes from './Listen.module.css';
import { play, stop, usePlaying } from './player';

/** Plays a sound, and stops it; one at a time. */
export function Listen({ id, name }: { readonly id: string; readonly name: string }) {
  const { t } = useTranslation('admin');
  const playing = usePlaying();
  const mine = playing?.id === id;
  // What is not on the screen any more is not heard either.
  useEffect(() => () => stop(id), [id]);
  return (
    <span className={classes['listen']}>
      <ActionIcon
        variant="default"
        radius="xl"
        aria-label={t(mine ? 'sounds.stop' : 'sounds.listen', { name })}
        onClick={() => {
          if (mine) stop(id);
          else play(id).catch(refused);
        }}
      >
        {mine ? <IconPlayerStop size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
      </ActionIcon>
      <span className={classes['at']} aria-hidden>{mine ? clockText(playing.at) : ''}</span>
    </span>
  );
}
