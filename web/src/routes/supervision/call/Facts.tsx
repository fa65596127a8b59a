import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { clockText, Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { clockTime, dayInWords } from '../../../ui/time';
import { Outcome } from '../calls/Outcome';
import { useLive } from '../live';
import classes from './Call.module.css';
import { Ground } from './OfferCard';

interface FactsProps {
  readonly call: Call;
  readonly zone: string;
}

/** The call at a glance. */
export function Facts({ call, zone }: FactsProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const group = useRow(floor.groups, call.group);
  const time = (at: string): string => clockTime(at, zone, true);
  return (
    <dl className={classes['facts']}>
      <Ground name={t('call.state')}><Outcome call={call} /></Ground>
      <Ground name={t('calls.direction')}>{common(`direction.${call.direction}`)}</Ground>
      <Ground name={t('calls.arrived')}>{dayInWords(call.arrivedAt, zone)} <span className={classes['clock']}>{time(call.arrivedAt)}</span></Ground>
      {call.callerName && <Ground name={t('call.callerName')}><span translate="no">{call.callerName}</span></Ground>}
      {call.direction === 'in' && call.called && <Ground name={t('calls.service')}>{readable(call.called)}</Ground>}
      {group && <Ground name={t('figures.group')}><span className={classes['dotted']}><Dot colour={group.colour} /> {group.name}</span></Ground>}
      {call.operator && <Ground name={t('calls.operator')}>{call.operator.name}</Ground>}
      <Ground name={t('calls.waited')}>
        {call.answeredAt || call.endedAt ? clockText(call.waitSeconds) : <Duration since={call.arrivedAt} />}
      </Ground>
      {call.answeredAt && <Ground name={t('call.answeredAt')}>{time(call.answeredAt)}</Ground>}
      {call.answeredAt && (
        <Ground name={t('calls.talked')}>{call.endedAt ? clockText(call.talkSeconds) : <Duration since={call.answeredAt} />}</Ground>
      )}
      {call.endedAt && <Ground name={t('call.endedAt')}>{time(call.endedAt)}</Ground>}
      {call.endedBy && <Ground name={t('call.endedBy')}>{t(`endedBy.${call.endedBy}`)}</Ground>}
      {call.recording !== 'none' && <Ground name={t('call.recording')}>{t(`recording.${call.recording}`)}</Ground>}
      {call.tags.length > 0 && <Ground name={t('call.tags')}><span translate="no">{call.tags.join(', ')}</span></Ground>}
      {call.note !== '' && <Ground name={t('call.note')}><span translate="no" className={classes['note']}>{call.note}</span></Ground>}
    </dl>
  );
}
