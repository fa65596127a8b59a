// The fields of a ResourceForm. Each is bound by its name, says its rule and default
// beneath, and shows the broken rule in the person's language. Rules stand at the field:
// `required`, bounds, `check` (parts/rules); they are asked on leaving it and on saving.
import { MultiSelect, NumberInput, PasswordInput, Radio, Select, Switch, TagsInput, TextInput, type ComboboxData } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useFieldProps, type FieldProps } from './fieldContext';
import classes from './fields.module.css';
import { clock, first, length, oneLine, required as mustBe, within } from './rules';
import type { Check } from './useRecordForm';

const none: Check = () => undefined;

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

interface TextProps extends FieldProps {
  readonly high?: number;
  readonly check?: Check;
  readonly placeholder?: string;
  readonly type?: 'text' | 'email' | 'tel' | 'url';
  /** Called with what is typed, after the value has changed. */
  readonly typed?: (value: string) => void;
  readonly mono?: boolean;
}

export function TextField({ high, check = none, type = 'text', typed, placeholder, mono, ...about }: TextProps) {
  const rule = first(...(about.required ? [mustBe] : []), ...(high ? [oneLine, length(high)] : []), (value) => (value === '' ? undefined : check(value)));
  const { field, props } = useFieldProps(about, rule);
  return (
    <TextInput
      {...props}
      type={type === 'tel' ? 'tel' : 'text'}
      inputMode={type}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: mono ? classes['mono'] ?? '' : '' }}
      value={asText(field.value)}
      onChange={(event) => {
        field.onChange(event.currentTarget.value);
        typed?.(event.currentTarget.value);
      }}
      {...(placeholder !== undefined && { placeholder })}
    />
  );
}

/** A telephone number in any form the server reads. */
export function TelField(props: Omit<TextProps, 'type'>) {
  return <TextField {...props} type="tel" />;
}

/** A secret that is written and never read. */
export function SecretField(about: FieldProps) {
  const { t } = useTranslation('admin');
  const { field, props } = useFieldProps(about, about.required ? mustBe : none);
  return (
    <PasswordInput
      {...props}
      autoComplete="new-password"
      value={asText(field.value)}
      onChange={(event) => field.onChange(event.currentTarget.value)}
      visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
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
export function NumberField({ min, max, unit, empty, ...about }: NumberProps) {
  const { field, props } = useFieldProps(about, within(min, max, empty !== undefined));
  return (
    <NumberInput
      {...props}
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
      onChange={(value) => field.onChange(numberOf(value))}
      {...(empty !== undefined && { placeholder: empty })}
    />
  );
}

export function SwitchField(about: FieldProps) {
  const { field, props: { label, description, disabled, error } } = useFieldProps(about, none);
  return (
    <Switch
      label={label}
      description={description}
      disabled={disabled}
      checked={field.value === true}
      error={error}
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
export function SelectField({ options, searchable = false, empty, placeholder, ...about }: SelectProps) {
  const { t } = useTranslation('admin');
  const { field, props } = useFieldProps(about, about.required ? mustBe : none);
  const hint = empty ?? placeholder;
  return (
    <Select
      {...props}
      data={options}
      searchable={searchable}
      limit={200}
      nothingFoundMessage={t('form.noOption')}
      allowDeselect={false}
      clearable={empty !== undefined}
      clearButtonProps={{ 'aria-label': t('form.clear', { field: about.label }) }}
      value={typeof field.value === 'string' && field.value !== '' ? field.value : null}
      onChange={field.onChange}
      {...(hint !== undefined && { placeholder: hint })}
    />
  );
}

interface TagsProps extends FieldProps {
  /** The rule of one entry. */
  readonly check?: Check;
  readonly placeholder?: string;
}

/** Several texts of any kind; Enter, a comma or a space ends one. */
export function TagsField({ check = none, placeholder, ...about }: TagsProps) {
  const { t } = useTranslation('admin');
  const { field, props } = useFieldProps(about, (value) => asTexts(value).map(check).find((rule) => rule !== undefined));
  const value = asTexts(field.value);
  return (
    <TagsInput
      {...props}
      splitChars={[',', ' ', ';']}
      acceptValueOnBlur
      clearable
      clearButtonProps={{ 'aria-label': t('form.clear', { field: about.label }) }}
      value={value}
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
export function ManyField({ options, placeholder, ...about }: ManyProps) {
  const { t } = useTranslation('admin');
  const { field, props } = useFieldProps(about, none);
  const value = asTexts(field.value);
  return (
    <MultiSelect
      {...props}
      data={options}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('form.clear', { field: about.label }) }}
      nothingFoundMessage={t('form.noOption')}
      value={value}
      onChange={field.onChange}
      {...(placeholder !== undefined && value.length === 0 && { placeholder })}
    />
  );
}

interface ChoiceProps extends FieldProps {
  readonly options: readonly { readonly value: string; readonly label: string; readonly help?: string; readonly disabled?: boolean }[];
  /** Called after the value has changed. */
  readonly chosen?: (value: string) => void;
}

/** One of a few, each with its explanation. */
export function ChoiceField({ options, chosen, ...about }: ChoiceProps) {
  const { field, props: { label, description, required, disabled, inputWrapperOrder, error } } = useFieldProps(about, about.required ? mustBe : none);
  return (
    <Radio.Group
      label={label}
      description={description}
      required={required}
      inputWrapperOrder={inputWrapperOrder}
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
            disabled={disabled || option.disabled === true}
            aria-invalid={error !== undefined}
          />
        ))}
      </div>
    </Radio.Group>
  );
}

/** A time of day on the 24 hour clock; empty is ''. "9", "930" and "9:30" are understood. */
export function TimeField({ empty, ...about }: FieldProps & { readonly empty?: string }) {
  const { field, props } = useFieldProps(about, clock);
  return (
    <TextInput
      {...props}
      classNames={{ wrapper: classes['number'] ?? '' }}
      maxLength={5}
      autoComplete="off"
      value={asText(field.value)}
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
