import { Input, UnstyledButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import { useFieldProps, type FieldProps } from './fieldContext';
import classes from './fields.module.css';
import { colour as written } from './rules';

// Dark enough for white signs upon them, and told apart from each other.
export const presets = ['#1d4ed8', '#0e7490', '#0b6e6e', '#15803d', '#4d7c0f', '#a16207', '#c2410c', '#b91c1c', '#be185d', '#7e22ce', '#5b4bc4', '#475569'] as const;

/** A colour: one of those that go well together, or any other. */
export function ColourField(about: FieldProps) {
  const { t } = useTranslation('admin');
  const id = useId();
  const { field, props: { label, description, inputWrapperOrder, error } } = useFieldProps(about, written);
  const value = typeof field.value === 'string' ? field.value.toLowerCase() : '';
  const other = !presets.some((preset) => preset === value);
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      labelProps={{ id }}
      description={description}
      inputWrapperOrder={inputWrapperOrder}
      error={error}
    >
      <div role="group" aria-labelledby={id} className={classes['colours']}>
        {presets.map((preset, i) => (
          <UnstyledButton
            key={preset}
            className={classes['swatch'] ?? ''}
            aria-label={t('form.colour', { n: i + 1, colour: preset })}
            aria-pressed={preset === value}
            onClick={() => field.onChange(preset)}
          >
            <svg viewBox="0 0 24 24" aria-hidden><circle cx="12" cy="12" r="12" fill={preset} /></svg>
            {preset === value && <IconCheck size={16} color="#fff" stroke={3} aria-hidden className={classes['mark']} />}
          </UnstyledButton>
        ))}
        <label className={classes['other']} data-chosen={other}>
          <input type="color" value={/^#[0-9a-f]{6}$/.test(value) ? value : '#000000'} onChange={(event) => field.onChange(event.currentTarget.value)} />
          <span>{t('form.otherColour')}</span>
        </label>
      </div>
    </Input.Wrapper>
  );
}
