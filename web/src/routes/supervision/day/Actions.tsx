import { Button } from '@mantine/core';
import { IconCircleCheck, IconLifebuoy, IconPlayerPause, IconPower, IconUserOff, IconUserPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../../../live/floor';
import { useVersion } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { useLive } from '../live';
import { possible, type Act } from './actions';
import classes from './Day.module.css';

interface ActionsProps {
  readonly operator: FloorOperator;
  readonly ask: (act: Act) => void;
}

const icons = { pause: IconPlayerPause, available: IconCircleCheck, logout: IconPower, release: IconLifebuoy } as const;

/** What a supervisor may do for an operator, and in which groups he takes calls. */
export function Actions({ operator, ask }: ActionsProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  useVersion(floor.groups);
  const can = possible(operator);
  return (
    <>
      <div className={classes['actions']} role="group" aria-label={t('actions')}>
        {(['pause', 'available', 'logout', 'release'] as const).map((action) => {
          const ActionIcon = icons[action];
          return (
            <Button
              key={action}
              variant="default"
              size="xs"
              leftSection={<ActionIcon size={16} aria-hidden />}
              disabled={!can[action]}
              onClick={() => ask({ action })}
            >
              {t(`action.${action}`)}
            </Button>
          );
        })}
      </div>
      <section aria-labelledby="day-groups">
        <h3 id="day-groups" className={classes['heading']}>{t('groups.title')}</h3>
        {operator.groups.length === 0 && <p className={classes['none']}>{t('operators.noGroupText')}</p>}
        <ul className={classes['list']}>
          {operator.groups.map((id) => {
            const group = floor.groups.get(id);
            const suspended = operator.suspended.includes(id);
            return (
              <li key={id} className={classes['membership']}>
                <span className={classes['groupName']}><Dot colour={group?.colour} /> {group?.name}</span>
                {suspended && <span className={classes['suspended']}><IconUserOff size={15} aria-hidden /> {t('suspended')}</span>}
                <Button
                  variant="subtle"
                  size="compact-sm"
                  leftSection={suspended ? <IconUserPlus size={15} aria-hidden /> : <IconUserOff size={15} aria-hidden />}
                  aria-label={common('pair', { name: t(suspended ? 'action.unsuspend' : 'action.suspend'), text: group?.name ?? '' })}
                  onClick={() => ask({ action: suspended ? 'unsuspend' : 'suspend', group: { id, name: group?.name ?? '' } })}
                >
                  {t(suspended ? 'action.unsuspend' : 'action.suspend')}
                </Button>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}
