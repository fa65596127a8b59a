import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { dayInWords } from '../../../../ui/time';
import { useField } from '../fieldContext';
import { dateFault, exceptionsRule, slotFaults, type DateHours } from './hours';
import classes from './hours.module.css';
import { Rows } from './Rows';
import { Slots } from './Slots';

/** The dates with hours of their own. */
export function Exceptions() {
  const { t } = useTranslation('admin');
  const field = useField('openingHours.exceptions', exceptionsRule);
  const all = field.value as readonly DateHours[];
  const put = (at: number, part: Partial<DateHours>): void => field.onChange(all.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const wrong = field.error !== undefined && field.error !== null;
  const inWords = ({ date }: DateHours): string => (Number.isNaN(Date.parse(date)) ? '' : dayInWords(date, 'UTC'));
  const called = (one: DateHours, at: number): string => inWords(one) || t('hours.dateNumber', { n: at + 1 });
  return (
    <Rows
      title={t('hours.exceptions')}
      help={t('hours.exceptionsHelp')}
      rows={all}
      faults={wrong ? all.map((one, at) => dateFault(all, at) ?? slotFaults(one.slots).find((fault) => fault !== undefined)) : []}
      add={{ label: t('hours.addException'), row: () => ({ date: '', slots: [], name: '' }) }}
      removal={(one, at) => t('hours.removeDay', { day: called(one, at) })}
      change={field.onChange}
      row={(one, at) => (
        <>
          {/* How a date is typed follows the browser; the words beside it do not. */}
          <TextInput
            type="date" size="xs" className={classes['date'] ?? ''} aria-label={t('hours.dateOf', { n: at + 1 })} value={one.date} min="2000-01-01" max="2199-12-31"
            error={wrong && dateFault(all, at) !== undefined} onChange={(event) => put(at, { date: event.currentTarget.value })} onBlur={field.left}
          />
          <TextInput
            size="xs" className={classes['called'] ?? ''} aria-label={t('hours.nameOf', { n: at + 1 })} placeholder={t('hours.exceptionName')} maxLength={100} value={one.name}
            onChange={(event) => put(at, { name: event.currentTarget.value })}
          />
          <div className={classes['under']}>
            <span className={classes['words']}>{inWords(one)}</span>
            <Slots slots={one.slots} faults={wrong ? slotFaults(one.slots) : []} day={called(one, at)} change={(slots) => put(at, { slots })} left={field.left} />
          </div>
        </>
      )}
    />
  );
}
