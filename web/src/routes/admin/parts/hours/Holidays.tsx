import { NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useField } from '../fieldContext';
import { useMonthNames } from './dayNames';
import { holidayFault, holidaysRule, type Holiday } from './hours';
import classes from './hours.module.css';
import { Rows } from './Rows';

const monthDays = Array.from({ length: 31 }, (_, i) => String(i + 1));

/** The dates that are closed every year. */
export function Holidays() {
  const { t } = useTranslation('admin');
  const field = useField('openingHours.holidays', holidaysRule);
  const months = useMonthNames();
  const all = field.value as readonly Holiday[];
  const put = (at: number, part: Partial<Holiday>): void => field.onChange(all.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const faults = field.error === undefined || field.error === null ? [] : all.map((_, at) => holidayFault(all, at));
  const called = ({ month, day, name }: Holiday): string => name || `${day} ${months[month - 1]?.label ?? ''}`;
  return (
    <Rows
      title={t('hours.holidays')}
      help={t('hours.holidaysHelp')}
      rows={all}
      faults={faults}
      add={{ label: t('hours.addHoliday'), row: () => ({ month: 1, day: 1, name: '' }) }}
      removal={(one) => t('hours.removeDay', { day: called(one) })}
      change={field.onChange}
      row={(one, at) => (
        <>
          <NativeSelect
            size="xs" className={classes['number'] ?? ''} aria-label={t('hours.dayOf', { n: at + 1 })} data={monthDays} value={String(one.day)} error={faults[at] !== undefined}
            onChange={(event) => put(at, { day: Number(event.currentTarget.value) })} onBlur={field.left}
          />
          <NativeSelect
            size="xs" className={classes['month'] ?? ''} aria-label={t('hours.monthOf', { n: at + 1 })} data={months} value={String(one.month)}
            onChange={(event) => put(at, { month: Number(event.currentTarget.value) })} onBlur={field.left}
          />
          <TextInput
            size="xs" className={classes['called'] ?? ''} aria-label={t('hours.nameOf', { n: at + 1 })} placeholder={t('hours.holidayName')} maxLength={100} value={one.name}
            onChange={(event) => put(at, { name: event.currentTarget.value })}
          />
        </>
      )}
    />
  );
}
