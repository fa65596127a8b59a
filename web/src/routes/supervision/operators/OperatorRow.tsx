import { IconAlertTriangle, IconArrowRight, IconDeviceDesktop, IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { memo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { Countdown, Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { stateOf, Status } from '../../../ui/Status';
import { clockTime } from '../../../ui/time';
import { CallLink } from '../calls/CallLink';
import { averageText } from '../groups/figures';
import { Observers } from '../listening/Observers';
import { useLive } from '../live';
import { usePauseName } from '../pauses';
import classes from './Operators.module.css';
import { stateSince } from './select';

interface OperatorRowProps {
  readonly id: string;
  readonly at: number;
  readonly current: boolean;
  readonly zone: string;
  readonly open: (id: string) => void;
  readonly step: (event: KeyboardEvent, at: number) => void;
  readonly focused: (at: number) => void;
  /** Where a virtual row stands, in pixels. A number, since a style made anew would draw each row at each step of scrolling. */
  readonly top: number | undefined;
}

/** One operator; drawn anew when his row changes, and only then. */
export const OperatorRow = memo(function OperatorRow({ id, at, current, zone, open, step, focused, top }: OperatorRowProps) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const operator = useRow(floor.operators, id);
  if (!operator) return null;
  const { today } = operator;
  const out = operator.presence === 'logged_out';
  return (
    <div
      className={classes['row']} role="row" aria-rowindex={at + 2} data-state={stateOf(operator)} data-operator={operator.fullName}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
    >
      <div className={classes['cName']} role="cell">
        <button
          type="button"
          className={classes['open']}
          tabIndex={current ? 0 : -1}
          data-at={at}
          onClick={() => open(id)}
          onKeyDown={(event) => step(event, at)}
          onFocus={() => focused(at)}
        >
          {operator.fullName}
        </button>
        {!out && operator.groups.length === 0 && <span className={classes['note']}>{t('operators.noGroup')}</span>}
      </div>
      <div className={classes['cState']} role="cell"><StateCell operator={operator} /></div>
      <div className={classes['cSince']} role="cell"><Duration since={stateSince(operator)} /></div>
      <div className={classes['cCall']} role="cell"><CallCell operator={operator} tabIndex={current ? 0 : -1} /></div>
      <div className={classes['cPhone']} role="cell">{!out && <PhoneCell operator={operator} />}</div>
      <div className={classes['cIn']} role="cell"><span className={classes['cardLabel']}>{t('columns.in')} </span>{today.answered}</div>
      <div className={classes['cOut']} role="cell"><span className={classes['cardLabel']}>{t('columns.out')} </span>{today.out}</div>
      <div className={classes['cMissed']} role="cell"><span className={classes['cardLabel']}>{t('columns.missed')} </span>{today.missed}</div>
      <div className={classes['cTalk']} role="cell">{averageText(today.averageTalkSeconds)}</div>
      <div className={classes['cLogin']} role="cell">{operator.loggedInSince ? clockTime(operator.loggedInSince, zone) : '–'}</div>
      <div className={classes['cIgnored']} role="cell">{operator.ignoredUntil ? <Countdown until={operator.ignoredUntil} /> : '–'}</div>
    </div>
  );
});

interface OfOperator {
  readonly operator: FloorOperator;
}

/** State, name of the pause, and what is to come or has gone too far. */
export function StateCell({ operator }: OfOperator) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const nameOf = usePauseName();
  const state = stateOf(operator);
  const { pending } = operator;
  return (
    <>
      <Status size="sm" state={state} word={state === 'paused' ? nameOf(operator.pauseType) : undefined} />
      {state !== 'paused' && operator.presence === 'paused' && <span className={classes['note']}>{nameOf(operator.pauseType) ?? common('state.paused')}</span>}
      {operator.pauseOverran && (
        <span className={classes['bad']}>
          <IconAlertTriangle size={14} aria-hidden />
          {t('operators.overran')}
        </span>
      )}
      {pending && (
        <span className={classes['note']}>
          <IconArrowRight size={14} role="img" aria-label={t('operators.then')} />
          {pending.presence === 'paused' ? (nameOf(pending.pauseType) ?? common('state.paused')) : common(`state.${pending.presence}`)}
        </span>
      )}
    </>
  );
}

/** Group and number of the call he is in. */
export function CallCell({ operator, tabIndex = 0 }: OfOperator & { readonly tabIndex?: number }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const group = useRow(floor.groups, operator.group);
  const call = useRow(floor.calls, operator.call);
  if (!operator.call) return null;
  const number = call && (call.direction === 'out' ? call.called : call.caller);
  return (
    <>
      {group && <span className={classes['callGroup']}><Dot colour={group.colour} /> <span>{group.name}</span></span>}
      {!group && call?.direction === 'out' && <span className={classes['callGroup']}>{common('direction.out')}</span>}
      {!group && call?.direction === 'in' && <span className={classes['callGroup']}>{t('operators.direct')}</span>}
      {call && (
        <span className={classes['party']}>
          <CallLink id={call.id} className={classes['number']} tabIndex={tabIndex}>{number ? readable(number) : common('withheld')}</CallLink>
          <Observers call={call} operator={operator.id} />
        </span>
      )}
    </>
  );
}

/** What phone he has, and whether it can be reached. */
export function PhoneCell({ operator: { phone } }: OfOperator) {
  const { t } = useTranslation();
  const PhoneIcon = phone.state !== 'reachable' ? IconPhoneOff : phone.kind === 'centrex' ? IconDeviceDesktop : IconPhone;
  return (
    <span className={phone.state === 'reachable' ? classes['phone'] : classes['bad']}>
      <PhoneIcon size={15} aria-hidden />
      {t(`phoneState.${phone.state}`)}
    </span>
  );
}
