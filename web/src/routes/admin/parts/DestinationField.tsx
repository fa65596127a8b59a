import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useFieldProps, type FieldProps } from './fieldContext';
import { SelectField, TelField } from './fields';
import classes from './fields.module.css';
import { groups, operators } from './kinds';
import { useList } from './resource';
import type { Destination, DestinationValue } from './destination';

/** Its name is the path of a DestinationValue. */
interface DestinationFieldProps extends FieldProps {
  readonly types: readonly Destination['type'][];
  /** What no destination means; without it there has to be one. */
  readonly empty?: string;
}

const noRule = (): undefined => undefined;

/** Where a call goes: the kind of place, then the place. */
export function DestinationField({ types, empty, ...about }: DestinationFieldProps) {
  const { t } = useTranslation('admin');
  const { field, props } = useFieldProps(about, noRule);
  const { name, label } = about;
  const value = field.value as DestinationValue;
  const choose = (type: string | null): void => {
    field.onChange({ type: types.find((known) => known === type) ?? null, id: null, number: '' } satisfies DestinationValue);
  };
  return (
    <div className={classes['choices']}>
      <Select
        {...props}
        data={types.map((type) => ({ value: type, label: t(`destination.${type}`) }))}
        value={value.type}
        onChange={choose}
        allowDeselect={false}
        clearable={empty !== undefined}
        clearButtonProps={{ 'aria-label': t('form.clear', { field: label }) }}
        {...(empty !== undefined && { placeholder: empty })}
      />
      {value.type === 'group' && <GroupField name={name} />}
      {value.type === 'operator' && <OperatorField name={name} />}
      {value.type === 'number' && <TelField name={`${name}.number`} label={t('destination.toNumber')} help={t('destination.toNumberHelp')} required />}
    </div>
  );
}

function GroupField({ name }: { readonly name: string }) {
  const { t } = useTranslation('admin');
  const all = useList(groups).data ?? [];
  const options = all.map(({ id, name: label }) => ({ value: id, label }));
  return <SelectField name={`${name}.id`} label={t('destination.toGroup')} options={options} required searchable placeholder={t('destination.choose')} />;
}

function OperatorField({ name }: { readonly name: string }) {
  const { t } = useTranslation('admin');
  const all = useList(operators).data ?? [];
  const options = all.map(({ id, fullName, login }) => ({ value: id, label: `${fullName} (${login})` }));
  return (
    <SelectField
      name={`${name}.id`}
      label={t('destination.toOperator')}
      help={t('destination.toOperatorHelp')}
      options={options}
      required
      searchable
      placeholder={t('destination.choose')}
    />
  );
}
