import { ActionIcon, Button, NativeSelect, NumberInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { askedOf, halfHours, type Staff } from './question';
import classes from './WhatIf.module.css';

interface StaffRowsProps {
  readonly staff: readonly Staff[];
  readonly change: (staff: readonly Staff[]) => void;
  /** What is wrong with a member, as in "changes.operators[0].to". */
  readonly wrong: (field: string) => string | undefined;
}

const most = 100;

/** Operators more or fewer, for the whole day or a time of it. */
export function StaffRows({ staff, change, wrong }: StaffRowsProps) {
  const { t } = useTranslation('admin');
  const set = (key: number, part: Partial<Staff>): void => change(staff.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const asked = askedOf(staff).map(({ key }) => key);
  const wrongAt = (key: number, member: string): string | undefined => wrong(`changes.operators[${String(asked.indexOf(key))}].${member}`);
  return (
    <fieldset className={classes['set']}>
      <legend className={classes['legend']}>{t('whatIf.staff')}</legend>
      {staff.map((row, n) => (
        <div key={row.key} className={classes['time']}>
          <NativeSelect
            label={t('whatIf.staffFrom')} value={row.from} error={wrongAt(row.key, 'from')}
            onChange={(event) => set(row.key, { from: event.currentTarget.value })}
            data={[{ value: '', label: t('whatIf.dayStart') }, ...halfHours]}
          />
          <NativeSelect
            label={t('whatIf.staffTo')} value={row.to} error={wrongAt(row.key, 'to')}
            onChange={(event) => set(row.key, { to: event.currentTarget.value })}
            data={[{ value: '', label: t('whatIf.dayEnd') }, ...halfHours.slice(1)]}
          />
          <NumberInput
            label={t('whatIf.staffAdd')} value={row.add ?? ''} min={-1000} max={1000} allowDecimal={false} error={wrongAt(row.key, 'add')}
            {...(row.add !== null && row.add > 0 && { prefix: '+' })}
            onChange={(value) => set(row.key, { add: typeof value === 'number' ? value : null })}
          />
          <ActionIcon
            variant="subtle" color="gray" size="lg" aria-label={t('whatIf.staffRemove', { n: n + 1 })}
            onClick={() => change(staff.filter(({ key }) => key !== row.key))}
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} disabled={staff.length >= most}
        onClick={() => change([...staff, { key: Math.max(0, ...staff.map(({ key }) => key)) + 1, from: '', to: '', add: 1 }])}
      >
        {t('whatIf.staffNew')}
      </Button>
    </fieldset>
  );
}
