import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../../../live/floor';
import { useValue } from '../../../live/value';
import classes from './Listening.module.css';
import { modeIcons } from './looks';
import { modes, talks, type Mode } from './mine';
import { listenPhone } from './phones';
import { useListening } from './useListening';

interface ListenActionsProps {
  readonly operator: FloorOperator;
  readonly run: (mode: Mode) => void;
  readonly changePhone: () => void;
}

/** Hearing an operator's conversation, and taking part in it. */
export function ListenActions({ operator, run, changePhone }: ListenActionsProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const mine = useValue(useListening().mine);
  const phone = useValue(listenPhone);
  const can = talks(operator);
  return (
    <div className={classes['actions']} role="group" aria-label={t('listening.title')}>
      {modes.map((mode) => {
        const ModeIcon = modeIcons[mode];
        const now = mine?.operator === operator.id && mine.mode === mode;
        return (
          <Button
            key={mode}
            variant={now ? 'light' : 'default'}
            size="xs"
            aria-pressed={now}
            leftSection={<ModeIcon size={16} aria-hidden />}
            disabled={!can}
            onClick={() => run(mode)}
          >
            {t(`listening.do.${mode}`)}
          </Button>
        );
      })}
      {phone && (
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={common('pair', { name: t('listening.phone'), text: t(`listening.on.${phone.kind}`) })}
          onClick={changePhone}
        >
          {t(`listening.on.${phone.kind}`)}
        </Button>
      )}
    </div>
  );
}
