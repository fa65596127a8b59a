import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { useValue } from '../../../live/value';
import { Duration } from '../../../ui/Duration';
import { Stale } from '../../../ui/States';
import { useLive } from '../live';
import { CallCell, PhoneCell, StateCell } from '../operators/OperatorRow';
import { stateSince } from '../operators/select';
import { ActionDialog } from './ActionDialog';
import { Actions } from './Actions';
import type { Act } from './actions';
import { Day } from './Day';
import classes from './Day.module.css';

interface OperatorDrawerProps {
  readonly id: string | null;
  readonly zone: string;
  readonly close: () => void;
}

/** One operator: what he does now, what can be done about it, and his day. */
export function OperatorDrawer({ id, zone, close }: OperatorDrawerProps) {
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const opened = useRow(floor.operators, id);
  // Who was shown stays while the drawer slides away.
  const [last, setLast] = useState(opened);
  if (opened && opened !== last) setLast(opened);
  const operator = opened ?? last;
  const connection = useValue(floor.connection);
  const [asked, ask] = useState<Act | null>(null);
  return (
    <>
      <Drawer
        opened={opened !== undefined}
        onClose={close}
        position="right"
        size="42rem"
        title={<span className={classes['who']}>{operator?.fullName}</span>}
        closeButtonProps={{ 'aria-label': common('close') }}
        closeOnEscape={asked === null}
      >
        {operator && (
          <div className={classes['drawer']}>
            {connection.state === 'stale' && <Stale at={connection.at} zone={zone} />}
            <Now operator={operator} />
            <Actions operator={operator} ask={ask} />
            <Day operator={operator} zone={zone} />
          </div>
        )}
      </Drawer>
      {opened && operator && asked && <ActionDialog operator={operator} asked={asked} close={() => ask(null)} />}
    </>
  );
}

function Now({ operator }: { readonly operator: FloorOperator }) {
  return (
    <div className={classes['now']}>
      <span className={classes['state']}><StateCell operator={operator} /></span>
      <span className={classes['since']}><Duration since={stateSince(operator)} /></span>
      <span className={classes['nowCall']}><CallCell operator={operator} /></span>
      {operator.presence !== 'logged_out' && <PhoneCell operator={operator} />}
    </div>
  );
}
