import { ActionIcon, Anchor, Text, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Operator } from '../parts/kinds';
import { folded } from '../parts/view';
import classes from './groups.module.css';

/** So many are shown; the others are found by searching. */
const most = 100;

interface AvailableProps {
  readonly people: readonly Operator[];
  /** Adds an operator; `next` is who gets the focus then, empty for nobody. */
  readonly add: (operator: string, next: string) => void;
}

/** The operators who are not in the group yet. */
export function Available({ people, add }: AvailableProps) {
  const { t } = useTranslation('admin');
  const [search, setSearch] = useState('');
  const words = folded(search).split(/\s+/).filter(Boolean);
  const found = people.filter(({ fullName, login }) => words.every((word) => folded(`${fullName} ${login}`).includes(word)));
  const shown = found.slice(0, most);
  return (
    <div role="group" aria-label={t('groups.available')} className={classes['list']}>
      <TextInput
        size="xs"
        aria-label={t('groups.searchAvailable')}
        placeholder={t('groups.searchAvailable')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Enter would save the whole form.
          if (event.key === 'Enter') event.preventDefault();
          if (event.key === 'Escape') setSearch('');
        }}
      />
      <ul className={classes['rows']}>
        {shown.map(({ id, fullName }, index) => (
          <li key={id} className={classes['row']} data-operator={id} draggable>
            <span className={classes['person']}>{fullName}</span>
            <ActionIcon
              className={classes['buttons'] ?? ''}
              variant="subtle"
              data-button="add"
              aria-label={t('groups.add', { name: fullName })}
              onClick={() => add(id, (shown[index + 1] ?? shown[index - 1])?.id ?? '')}
            >
              <IconPlus size={16} aria-hidden />
            </ActionIcon>
          </li>
        ))}
        {found.length > most && <li className={classes['hint']}>{t('groups.searchMore', { count: found.length - most })}</li>}
        {found.length === 0 && (
          <li className={classes['hint']}>
            {people.length > 0 ? t('form.noOption') : <Text span size="sm">{t('groups.nobodyLeft')} <Anchor component={Link} to="/admin/operators/new" size="sm">{t('operators.new')}</Anchor></Text>}
          </li>
        )}
      </ul>
    </div>
  );
}
