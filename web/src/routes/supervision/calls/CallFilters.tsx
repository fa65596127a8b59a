import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { useIds } from '../../../live/rows';
import { useGroupNames } from '../groupNames';
import { useLive } from '../live';
import { directions, outcomes, type CallFilter } from '../search';
import { useUser } from '../user';
import classes from './Calls.module.css';

interface CallFiltersProps {
  readonly filter: CallFilter;
  readonly choose: (filter: CallFilter) => void;
  readonly refresh: () => void;
  /** What the server says of the number, for a person. */
  readonly numberProblem: string | undefined;
}

/** Which calls are listed. */
export function CallFilters({ filter, choose, refresh, numberProblem }: CallFiltersProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const groups = useGroupNames();
  const set = (name: keyof CallFilter, value: string): void => {
    const { [name]: before, ...others } = filter;
    if ((before ?? '') !== value) choose(value === '' ? others : { ...others, [name]: value });
  };
  const some = Object.keys(filter).length > 0;
  return (
    <div className={classes['filters']} role="search" aria-label={t('calls.filters')}>
      {(['from', 'to'] as const).map((name) => (
        <TextInput
          key={name} type="date" label={t(`calls.${name}`)} className={classes['day']}
          value={filter[name] ?? ''} onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      <NativeSelect
        className={classes['choice']} label={t('calls.direction')} value={filter.direction ?? ''}
        onChange={(event) => set('direction', event.currentTarget.value)}
        data={[{ value: '', label: t('calls.bothWays') }, ...directions.map((value) => ({ value, label: common(`direction.${value}`) }))]}
      />
      <NativeSelect
        className={classes['choice']} label={t('figures.group')} value={filter.group ?? ''}
        onChange={(event) => set('group', event.currentTarget.value)}
        data={[{ value: '', label: t('allGroups') }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      <OperatorChoice value={filter.operator ?? ''} choose={(value) => set('operator', value)} />
      <NumberField key={filter.number ?? ''} value={filter.number ?? ''} choose={(value) => set('number', value)} problem={numberProblem} />
      <NativeSelect
        className={classes['choice']} label={t('calls.outcome')} value={filter.outcome ?? ''}
        onChange={(event) => set('outcome', event.currentTarget.value)}
        data={[{ value: '', label: t('calls.allOutcomes') }, ...outcomes.map((value) => ({ value, label: common(`outcome.${value}`) }))]}
      />
      <div className={classes['buttons']}>
        <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={refresh}>{t('calls.refresh')}</Button>
        {some && <Button variant="subtle" onClick={() => choose({})}>{t('calls.reset')}</Button>}
      </div>
    </div>
  );
}

/** The operators by name, for those who may see them one by one. */
function OperatorChoice({ value, choose }: { readonly value: string; readonly choose: (id: string) => void }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const user = useUser();
  useIds(floor.operators);
  if (user?.rights.operatorDetail === false) return null;
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  const operators = floor.operators.all().sort((a, b) => compare(a.fullName, b.fullName));
  return (
    <NativeSelect
      className={classes['choice']} label={t('calls.operator')} value={value}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[{ value: '', label: t('calls.allOperators') }, ...operators.map(({ id, fullName }) => ({ value: id, label: fullName }))]}
    />
  );
}

interface NumberFieldProps {
  readonly value: string;
  readonly choose: (number: string) => void;
  readonly problem: string | undefined;
}

/** A number in any form; it counts when it is complete, with Enter or on leaving the field. */
function NumberField({ value, choose, problem }: NumberFieldProps) {
  const { t } = useTranslation('supervision');
  const [typed, type] = useState(value);
  const done = (): void => choose(typed.trim());
  return (
    <TextInput
      className={classes['number']} type="search" inputMode="tel" label={t('calls.number')} value={typed} error={problem}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done();
      }}
    />
  );
}
