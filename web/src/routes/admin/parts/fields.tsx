// The fields of a ResourceForm. Each is bound by its name, says its rule and default
// beneath, and shows the broken rule in the person's language. Rules stand at the field:
// `required`, bounds, `check` (parts/rules); they are asked on leaving it and on saving.
import { NumberInput, PasswordInput, Radio, Select, Switch, TextInput, type ComboboxData } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ruleText } from '../../../ui/rules';
import { useField } from './fieldContext';
import classes from './fields.module.css';
import { clock, first, length, oneLine, required as mustBe, within } from './rules';
import type { Check } from './useRecordForm';

export interface FieldProps {
  /** The path of the value, as the server names it. */
  readonly name: string;
  readonly label: string;
  /** The exact rule and the default. */
  readonly help?: ReactNode;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

const order: ('label' | 'input' | 'error' | 'description')[] = ['label', 'input', 'error', 'description'];

const none: Check = () => undefined;

/** The error of a field in the person's language. */
function useSaid(error: unknown): string | undefined {
  const { t } = useTranslation();
  return typeof error === 'string' && error !== '' ? ruleText(t, error) : undefined;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

interface TextProps extends FieldProps {
  readonly high?: number;
  readonly check?: Check;
  readonly placeholder?: string;
  readonly type?: 'text' | 'email' | 'tel' | 'url';
  readonly autoFocus?: boolean;
  /** Called with what is typed, after the value has changed. */
  readonly typed?: (value: string) => void;
  readonly mono?: boolean;
}

export function TextField({ name, label, help, required = false, disabled = false, high, check = none, type = 'text', typed, autoFocus, placeholder, mono }: TextProps) {
  const field = useField(name, first(...(required ? [mustBe] : []), ...(high ? [oneLine, length(high)] : []), (value) => (value === '' ? undefined : check(value))));
  const error = useSaid(field.error);
  return (
    <TextInput
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      type={type === 'tel' ? 'tel' : 'text'}
      inputMode={type}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: mono ? classes['mono'] ?? '' : '' }}
      value={asText(field.value)}
      error={error}
      onChange={(event) => {
        field.onChange(event.currentTarget.value);
        typed?.(event.currentTarget.value);
      }}
      onBlur={field.left}
      {...(placeholder !== undefined && { placeholder })}
      {...(autoFocus && { 'data-autofocus': true })}
    />
  );
}

/** A telephone number in any form the server reads. */
export function TelField(props: Omit<TextProps, 'type'>) {
  return <TextField {...props} type="tel" />;
}

/** A secret that is written and never read. */
export function SecretField({ name, label, help, required = false, disabled = false, placeholder }: TextProps) {
  const { t } = useTranslation('admin');
  const field = useField(name, required ? mustBe : none);
  return (
    <PasswordInput
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      autoComplete="new-password"
      value={asText(field.value)}
      error={useSaid(field.error)}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      onBlur={field.left}
      visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
      {...(placeholder !== undefined && { placeholder })}
    />
  );
}

interface NumberProps extends FieldProps {
  readonly min: number;
  readonly max: number;
  /** "s", "min", "%". */
  readonly unit?: string;
  /** What an empty field means, shown in it; without it a number is required. */
  readonly empty?: string;
}

/** What is typed as a number; digits too many for one come as text, and are too many for every rule as well. */
function numberOf(typed: string | number): number | null {
  const value = typed === '' ? Number.NaN : Number(typed);
  return Number.isNaN(value) ? null : value;
}

/** A whole number; empty is null. */
export function NumberField({ name, label, help, required = false, disabled = false, min, max, unit, empty }: NumberProps) {
  const field = useField(name, within(min, max, empty !== undefined));
  return (
    <NumberInput
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      classNames={{ wrapper: classes['number'] ?? '' }}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      max={max}
      min={min}
      hideControls
      inputMode="numeric"
      rightSection={unit && <span className={classes['unit']}>{unit}</span>}
      rightSectionWidth={unit ? 48 : undefined}
      value={typeof field.value === 'number' ? field.value : ''}
      error={useSaid(field.error)}
      onChange={(value) => field.onChange(numberOf(value))}
      onBlur={field.left}
      {...(empty !== undefined && { placeholder: empty })}
    />
  );
}

export function SwitchField({ name, label, help, disabled = false }: FieldProps) {
  const field = useField(name, none);
  return (
    <Switch
      label={label}
      description={help}
      disabled={disabled || field.busy}
      checked={field.value === true}
      error={useSaid(field.error)}
      onChange={(event) => field.onChange(event.currentTarget.checked)}
    />
  );
}

interface SelectProps extends FieldProps {
  readonly options: ComboboxData;
  readonly searchable?: boolean;
  /** What choosing nothing means; without it something is always chosen. */
  readonly empty?: string;
  readonly placeholder?: string;
}

/** One of several; nothing chosen is null. */
export function SelectField({ name, label, help, required = false, disabled = false, options, searchable = false, empty, placeholder }: SelectProps) {
  const { t } = useTranslation('admin');
  const field = useField(name, required ? mustBe : none);
  const hint = empty ?? placeholder;
  return (
    <Select
      label={label}
      description={help}
      required={required}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      data={options}
      searchable={searchable}
      limit={200}
      nothingFoundMessage={t('form.noOption')}
      allowDeselect={false}
      clearable={empty !== undefined}
      clearButtonProps={{ 'aria-label': t('form.clear', { field: label }) }}
      value={typeof field.value === 'string' && field.value !== '' ? field.value : null}
      error={useSaid(field.error)}
      onChange={field.onChange}
      onBlur={field.left}
      {...(hint !== undefined && { placeholder: hint })}
    />
  );
}

interface ChoiceProps extends FieldProps {
  readonly options: readonly { readonly value: string; readonly label: string; readonly help?: string; readonly disabled?: boolean }[];
  /** Called after the value has changed. */
  readonly chosen?: (value: string) => void;
}

/** One of a few, each with its explanation. */
export function ChoiceField({ name, label, help, required = false, options, disabled = false, chosen }: ChoiceProps) {
  const field = useField(name, required ? mustBe : none);
  const error = useSaid(field.error);
  return (
    <Radio.Group
      label={label}
      description={help}
      required={required}
      inputWrapperOrder={order}
      value={asText(field.value)}
      error={error}
      onChange={(value) => {
        field.onChange(value);
        chosen?.(value);
      }}
    >
      <div className={classes['choices']}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            label={option.label}
            description={option.help}
            disabled={disabled || field.busy || option.disabled === true}
            aria-invalid={error !== undefined}
          />
        ))}
      </div>
    </Radio.Group>
  );
}

/** A time of day on the 24 hour clock; empty is ''. "9", "930" and "9:30" are understood. */
export function TimeField({ name, label, help, disabled = false, empty }: FieldProps & { readonly empty?: string }) {
  const field = useField(name, clock);
  return (
    <TextInput
      label={label}
      description={help}
      disabled={disabled || field.busy}
      inputWrapperOrder={order}
      classNames={{ wrapper: classes['number'] ?? '' }}
      maxLength={5}
      autoComplete="off"
      value={asText(field.value)}
      error={useSaid(field.error)}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      onBlur={(event) => {
        const time = completed(event.currentTarget.value);
        if (time !== field.value) field.onChange(time);
        if (clock(time) !== undefined) field.left();
      }}
      placeholder={empty ?? 'HH:MM'}
    />
  );
}

/** A time of day as people type it: "9" as "09:00", "930" as "09:30". */
export function completed(typed: string): string {
  const text = typed.trim();
  const found = /^(\d{1,2})(?:[:.hH]?(\d{2}))?$/.exec(text);
  return found ? `${(found[1] ?? '').padStart(2, '0')}:${found[2] ?? '00'}` : text;
}
