import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { useValue } from '../../../live/value';
import { Duration } from '../../../ui/Duration';
import { Stale } from '../../../ui/States';
import { ListenActions } from '../listening/ListenActions';
import { ListenDialog } from '../listening/ListenDialog';
import type { Mode } from '../listening/mine';
import { listenPhone, type ListenPhone } from '../listening/phones';
import { useBegin } from '../listening/useListening';
import { useLive } from '../live';
import { CallCell, PhoneCell, StateCell } from '../operators/OperatorRow';
import { stateSince } from '../operators/select';
import { useUser } from '../user';
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
  const [choosing, chooseFor] = useState<Mode | 'later' | null>(null);
  const mayListen = useUser()?.rights.listen === true;
  const begin = useBegin();
  const hear = (mode: Mode, phone: ListenPhone): void => {
    if (id !== null) begin(id, mode, phone);
    // What he hears stands at the foot of the page, which the drawer covers.
    close();
  };
  const listen = (mode: Mode): void => {
    const phone = listenPhone.get();
    if (phone) hear(mode, phone);
    else chooseFor(mode);
  };
  return (
    <>
      <Drawer
        opened={opened !== undefined}
        onClose={close}
        position="right"
        size="42rem"
        title={<span className={classes['who']}>{operator?.fullName}</span>}
        closeButtonProps={{ 'aria-label': common('close') }}
        closeOnEscape={asked === null && choosing === null}
      >
        {operator && (
          <div className={classes['drawer']}>
            {connection.state === 'stale' && <Stale at={connection.at} zone={zone} />}
            <Now operator={operator} />
            {mayListen && <ListenActions operator={operator} run={listen} changePhone={() => chooseFor('later')} />}
            <Actions operator={operator} ask={ask} />
            <Day operator={operator} zone={zone} />
          </div>
        )}
      </Drawer>
      {opened && operator && asked && <ActionDialog operator={operator} asked={asked} close={() => ask(null)} />}
      {opened && operator && choosing && (
        <ListenDialog
          name={operator.fullName}
          mode={choosing === 'later' ? null : choosing}
          chosen={(phone) => {
            chooseFor(null);
            if (choosing !== 'later') hear(choosing, phone);
          }}
          close={() => chooseFor(null)}
        />
      )}
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
