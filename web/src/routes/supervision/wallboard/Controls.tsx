import { ActionIcon } from '@mantine/core';
import { useFullscreenDocument } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import {
  IconArrowsMaximize, IconArrowsMinimize, IconChevronLeft, IconChevronRight, IconPlayerPause, IconPlayerPlay, IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import classes from './Wallboard.module.css';

interface ControlsProps {
  readonly page: number;
  readonly pages: number;
  readonly paused: boolean;
  readonly pause: () => void;
  readonly turn: (by: number) => void;
}

/** Turning the pages by hand, the whole screen, and the way back. */
export function Controls({ page, pages, paused, pause, turn }: ControlsProps) {
  const { t } = useTranslation('supervision');
  const { fullscreen, toggle } = useFullscreenDocument();
  const full = t(fullscreen ? 'wallboard.leaveFull' : 'wallboard.full');
  const hold = t(paused ? 'wallboard.go' : 'wallboard.pause');
  return (
    <div className={classes['controls']} role="group" aria-label={t('wallboard.controls')}>
      {pages > 1 && (
        <>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('wallboard.previous')} title={t('wallboard.previous')} onClick={() => turn(-1)}>
            <IconChevronLeft size={20} aria-hidden />
          </ActionIcon>
          <span className={classes['page']}>{t('wallboard.page', { page: page + 1, pages })}</span>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('wallboard.next')} title={t('wallboard.next')} onClick={() => turn(1)}>
            <IconChevronRight size={20} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={hold} title={hold} onClick={pause}>
            {paused ? <IconPlayerPlay size={20} aria-hidden /> : <IconPlayerPause size={20} aria-hidden />}
          </ActionIcon>
        </>
      )}
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={full} title={full} onClick={() => void toggle()}>
        {fullscreen ? <IconArrowsMinimize size={20} aria-hidden /> : <IconArrowsMaximize size={20} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        component={Link}
        to="/supervision"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('wallboard.leave')}
        title={t('wallboard.leave')}
      >
        <IconX size={20} aria-hidden />
      </ActionIcon>
    </div>
  );
}
