import { ActionIcon, Input, Menu, VisuallyHidden } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useField, useSaid } from '../fieldContext';
import { Cautions } from '../Cautions';
import { useDayNames } from './dayNames';
import { days, weekFaults, weekRule, type Day, type Slot, type Week } from './hours';
import classes from './hours.module.css';
import { Slots } from './Slots';

const workdays: readonly Day[] = days.slice(0, 5);

/** A line for each day of the week, with its slots; those of one day are copied to others. */
export function WeekEditor() {
  const { t } = useTranslation('admin');
  const field = useField('openingHours.weekly', weekRule);
  const error = useSaid(field.error);
  const title = useId();
  const [news, setNews] = useState('');
  const names = useDayNames();
  const week = field.value as Week;
  const shown = error === undefined ? undefined : weekFaults(week);
  const change = (some: Partial<Record<Day, readonly Slot[]>>): void => field.onChange({ ...week, ...some });
  const copy = (from: Day, to: readonly Day[]): void => {
    const others = to.filter((day) => day !== from);
    change(Object.fromEntries(others.map((day) => [day, week[day === from ? day : from]])));
    setNews(t('hours.copied', { day: names[from], days: others.map((day) => names[day]).join(', ') }));
  };
  return (
    <div role="group" aria-labelledby={title}>
      <Input.Label component="div" id={title}>{t('hours.week')}</Input.Label>
      <div className={classes['week']}>
        {days.map((day) => (
          <div key={day} className={classes['day']}>
            <span className={classes['name']}>{names[day]}</span>
            <Slots
              slots={week[day]}
              faults={shown?.[day] ?? []}
              day={names[day]}
              change={(slots) => change({ [day]: slots })}
              left={field.left}
              more={<CopyMenu from={day} names={names} copy={(to) => copy(day, to)} />}
            />
          </div>
        ))}
      </div>
      {error !== undefined && <Input.Error data-refusal tabIndex={-1}>{error}</Input.Error>}
      <Input.Description component="div">{t('hours.weekHelp')}<Cautions texts={field.cautions} /></Input.Description>
      <VisuallyHidden aria-live="polite">{news}</VisuallyHidden>
    </div>
  );
}

interface CopyMenuProps {
  readonly from: Day;
  readonly names: Readonly<Record<Day, string>>;
  readonly copy: (to: readonly Day[]) => void;
}

function CopyMenu({ from, names, copy }: CopyMenuProps) {
  const { t } = useTranslation('admin');
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('hours.copy', { day: names[from] })}>
          <IconCopy size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('hours.copyTo')}</Menu.Label>
        <Menu.Item onClick={() => copy(workdays)}>{t('hours.workdays')}</Menu.Item>
        <Menu.Item onClick={() => copy(days)}>{t('hours.everyDay')}</Menu.Item>
        <Menu.Divider />
        {days.filter((day) => day !== from).map((day) => <Menu.Item key={day} onClick={() => copy([day])}>{names[day]}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}
