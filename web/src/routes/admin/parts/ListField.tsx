import { MultiSelect, TagsInput, type ComboboxData } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { ruleText } from '../../../ui/rules';
import { useField } from './fieldContext';
import type { FieldProps } from './fields';
import type { Check } from './useRecordForm';

const order: ('label' | 'input' | 'error' | 'description')[] = ['label', 'input', 'error', 'description'];
const noRule: Check = () => undefined;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

interface TagsProps extends FieldProps {
  /** The rule of one entry. */
  readonly check?: Check;
  readonly placeholder?: string;
}

/** Several texts of any kind; Enter, a comma or a space ends one. */
export function TagsField({ name, label, help, required = false, disabled = false, check = noRule, placeholder }: TagsProps) {
  const { t } = useTranslation('admin');
  const said = useTranslation().t;
  const field = useField(name, (value) => texts(value).map(check).find((rule) => rule !== undefined));
  const value = texts(field.value);
  return (
    <TagsInput
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
      clearable
      clearButtonProps={{ 'aria-label': t('form.clear', { field: label }) }}
      value={value}
      error={typeof field.error === 'string' && field.error !== '' ? ruleText(said, field.error) : undefined}
      onChange={field.onChange}
      {...(placeholder !== undefined && value.length === 0 && { placeholder })}
    />
  );
}

interface ManyProps extends FieldProps {
  readonly options: ComboboxData;
  readonly placeholder?: string;
}

/** Several of those there are. */
export function ManyField({ name, label, help, required = false, disabled = false, options, placeholder }: ManyProps) {
  const { t } = useTranslation('admin');
  const said = useTranslation().t;
  const field = useField(name, noRule);
  const value = texts(field.value);
  return (
    <MultiSelect
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      data={options}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('form.clear', { field: label }) }}
      nothingFoundMessage={t('form.noOption')}
      value={value}
      error={typeof field.error === 'string' && field.error !== '' ? ruleText(said, field.error) : undefined}
      onChange={field.onChange}
      {...(placeholder !== undefined && value.length === 0 && { placeholder })}
    />
  );
}
