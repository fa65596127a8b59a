import { IconPhoneIncoming, IconPhoneOutgoing } from '@tabler/icons-react';
import { memo, useCallback, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { clockText } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { clockTime, formatOf } from '../../../ui/time';
import { currentLanguage } from '../../../i18n';
import { useLive } from '../live';
import { CallLink } from './CallLink';
import classes from './Calls.module.css';
import { Outcome } from './Outcome';

interface CallsTableProps {
  readonly calls: readonly Call[];
  readonly zone: string;
}

/** The calls, newest first; each row leads to its call. */
export function CallsTable({ calls, zone }: CallsTableProps) {
  const { t } = useTranslation('supervision');
  const body = useRef<HTMLDivElement>(null);
  const step = useCallback((event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    const links = [...(body.current?.querySelectorAll('a') ?? [])];
    const next = links[links.findIndex((link) => link === event.currentTarget) + by];
    event.preventDefault();
    next?.focus();
  }, []);
  return (
    <div className={classes['table']} role="table" aria-label={t('calls.title')} aria-rowcount={-1}>
      <div role="rowgroup" className={classes['headGroup']}>
        <div role="row" className={classes['headRow']}>
          <span role="columnheader">{t('calls.arrived')}</span>
          <span role="columnheader">{t('calls.party')}</span>
          <span role="columnheader">{t('calls.service')}</span>
          <span role="columnheader">{t('figures.group')}</span>
          <span role="columnheader">{t('calls.operator')}</span>
          <span role="columnheader" className={classes['figure']}>{t('calls.waited')}</span>
          <span role="columnheader" className={classes['figure']}>{t('calls.talked')}</span>
          <span role="columnheader">{t('calls.outcome')}</span>
        </div>
      </div>
      <div role="rowgroup" ref={body}>
        {calls.map((call, at) => <CallRow key={call.id} call={call} at={at} zone={zone} step={step} />)}
      </div>
    </div>
  );
}

interface CallRowProps {
  readonly call: Call;
  readonly at: number;
  readonly zone: string;
  readonly step: (event: KeyboardEvent) => void;
}

const CallRow = memo(function CallRow({ call, at, zone, step }: CallRowProps) {
  const { t: common } = useTranslation();
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const group = useRow(floor.groups, call.group);
  const out = call.direction === 'out';
  const party = out ? call.called : call.caller;
  const Way = out ? IconPhoneOutgoing : IconPhoneIncoming;
  return (
    <div role="row" aria-rowindex={at + 2} className={classes['row']} data-call={call.id}>
      <span role="cell" className={classes['when']}>
        <CallLink id={call.id} className={classes['open']} onKeyDown={step}>
          <span className={classes['day']}>{shortDay(call.arrivedAt, zone)}</span> {clockTime(call.arrivedAt, zone, true)}
        </CallLink>
      </span>
      <span role="cell" className={classes['party']}>
        <Way size={16} role="img" aria-label={common(`direction.${call.direction}`)} className={classes['way']} />
        <span className={classes['who']}>
          <span className={classes['strong']}>{party ? readable(party) : common('withheld')}</span>
          {call.callerName && <span className={classes['name']} title={call.callerName}>{call.callerName}</span>}
        </span>
      </span>
      <span role="cell" className={classes['service']}>{!out && call.called && readable(call.called)}</span>
      <span role="cell" className={classes['groupCell']}>{group && <><Dot colour={group.colour} /> <span>{group.name}</span></>}</span>
      <span role="cell" className={classes['operatorCell']}>{call.operator?.name}</span>
      <span role="cell" className={classes['figure']}><span className={classes['label']}>{t('calls.waited')} </span>{clockText(call.waitSeconds)}</span>
      <span role="cell" className={classes['figure']}>
        {call.answeredAt && <><span className={classes['label']}>{t('calls.talked')} </span>{clockText(call.talkSeconds)}</>}
      </span>
      <span role="cell" className={classes['outcomeCell']}><Outcome call={call} /></span>
    </div>
  );
});

function shortDay(at: string, timeZone: string): string {
  return formatOf(currentLanguage(), { day: '2-digit', month: '2-digit', timeZone }).format(Date.parse(at));
}
