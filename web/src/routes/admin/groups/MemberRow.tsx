import { ActionIcon, Switch } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconGripVertical, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import classes from './groups.module.css';
import type { Member } from './values';

export interface MemberActions {
  readonly up: (index: number) => void;
  readonly down: (index: number) => void;
  readonly remove: (index: number) => void;
  readonly change: (index: number, part: Partial<Member>) => void;
}

interface MemberRowProps {
  readonly member: Member;
  readonly name: string;
  readonly index: number;
  readonly last: boolean;
  /** Something is dragged to the place before this row. */
  readonly over: boolean;
  readonly actions: MemberActions;
}

const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A member: place, name, level, suspension, and the buttons that do what dragging does. */
export function MemberRow({ member, name, index, last, over, actions }: MemberRowProps) {
  const { t } = useTranslation('admin');
  return (
    <li
      className={classes['row']}
      data-operator={member.operator}
      data-over={over}
      data-suspended={member.suspended}
      draggable
    >
      <IconGripVertical size={16} aria-hidden className={classes['grip']} />
      <span className={classes['place']}>{index + 1}</span>
      <span className={classes['person']}>{name}</span>
      <span className={classes['settings']}>
        <label className={classes['level']}>
          <span>{t('groups.level')}</span>
          <select value={member.level} aria-label={t('groups.levelOf', { name })} onChange={(event) => actions.change(index, { level: Number(event.currentTarget.value) })}>
            {levels.map((level) => <option key={level} value={level}>{level}</option>)}
          </select>
        </label>
        <Switch
          size="xs"
          label={t('groups.suspended')}
          aria-label={t('groups.suspendedOf', { name })}
          checked={member.suspended}
          onChange={(event) => actions.change(index, { suspended: event.currentTarget.checked })}
        />
      </span>
      <span className={classes['buttons']}>
        <ActionIcon variant="subtle" color="gray" data-button="up" disabled={index === 0} aria-label={t('groups.up', { name })} onClick={() => actions.up(index)}>
          <IconChevronUp size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" data-button="down" disabled={last} aria-label={t('groups.down', { name })} onClick={() => actions.down(index)}>
          <IconChevronDown size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" data-button="remove" aria-label={t('groups.remove', { name })} onClick={() => actions.remove(index)}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </span>
    </li>
  );
}
