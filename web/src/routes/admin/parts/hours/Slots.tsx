import { ActionIcon, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { completed } from '../fields';
import { minutesOf, dayMinutes, type Slot } from './hours';
import classes from './hours.module.css';

interface SlotsProps {
  readonly slots: readonly Slot[];
  /** The rule each of them breaks, as far as it is to be shown. */
  readonly faults: readonly (string | undefined)[];
  /** Of which day: part of the name of each button and field. */
  readonly day: string;
  readonly change: (slots: readonly Slot[]) => void;
  readonly left: () => void;
  /** Beside the button that adds a slot. */
  readonly more?: ReactNode;
}

/** What a new slot begins as: the afternoon after a morning, the usual day, else nothing. */
function next(slots: readonly Slot[]): Slot {
  const last = slots.at(-1);
  if (!last) return { from: '09:00', to: '18:00' };
  return last.from < last.to && last.to <= '14:00' ? { from: '14:00', to: '18:00' } : { from: '', to: '' };
}

/** The times of opening of one day; none is closed. */
export function Slots({ slots, faults, day, change, left, more }: SlotsProps) {
  const { t } = useTranslation('admin');
  const box = useRef<HTMLDivElement>(null);
  const target = useRef('');
  // A time that is completed on leaving it is looked at once it stands there.
  const due = useRef(false);
  useEffect(() => {
    if (!due.current) return;
    due.current = false;
    left();
  });
  useEffect(() => {
    if (target.current === '') return;
    box.current?.querySelector<HTMLElement>(target.current)?.focus();
    target.current = '';
  });
  const put = (at: number, part: Partial<Slot>): void => change(slots.map((slot, i) => (i === at ? { ...slot, ...part } : slot)));
  const time = (slot: Slot, at: number, end: 'from' | 'to') => (
    <TextInput
      size="xs"
      className={classes['time'] ?? ''}
      data-time={`${at}-${end}`}
      aria-label={t(`hours.${end}`, { day, n: at + 1 })}
      aria-invalid={faults[at] !== undefined}
      error={faults[at] !== undefined}
      placeholder="HH:MM"
      maxLength={5}
      autoComplete="off"
      value={slot[end]}
      onChange={(event) => put(at, { [end]: event.currentTarget.value })}
      onBlur={(event) => {
        const whole = completed(event.currentTarget.value);
        // Between the two times of a slot nothing is wrong yet.
        const other = event.relatedTarget instanceof HTMLInputElement && event.currentTarget.closest('[data-slot]')?.contains(event.relatedTarget) === true;
        if (whole !== slot[end]) {
          put(at, { [end]: whole });
          due.current = !other;
        } else if (!other) left();
      }}
    />
  );
  return (
    <div ref={box} className={classes['slots']}>
      {slots.length === 0 && <span className={classes['none']}>{t('hours.noSlot')}</span>}
      {slots.map((slot, at) => (
        <span key={at} className={classes['slot']} data-slot>
          {time(slot, at, 'from')}
          <span aria-hidden>–</span>
          {time(slot, at, 'to')}
          {faults[at] === undefined && minutesOf(slot)[1] > dayMinutes && <span className={classes['next']}>{t('hours.nextDay')}</span>}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('hours.removeSlot', { day, n: at + 1 })}
            onClick={() => {
              target.current = '[data-add]';
              change(slots.toSpliced(at, 1));
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </span>
      ))}
      <span className={classes['buttons']}>
        <ActionIcon
          variant="subtle"
          data-add
          aria-label={t('hours.addSlot', { day })}
          onClick={() => {
            target.current = `[data-time="${slots.length}-from"]`;
            change([...slots, next(slots)]);
          }}
        >
          <IconPlus size={16} aria-hidden />
        </ActionIcon>
        {more}
      </span>
    </div>
  );
}
