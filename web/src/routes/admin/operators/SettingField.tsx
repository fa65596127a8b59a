import { useTranslation } from 'react-i18next';

import { isLanguage, languageNames, languages } from '../../../i18n';
import { ChoiceField, NumberField, SelectField, TimeField } from '../parts/fields';
import { settingOf, type Setting } from './settings';

const languageOptions = languages.map((value) => ({ value, label: languageNames[value] }));

/** A setting's name and a value of it, in words. */
export function useSettingWords() {
  const { t } = useTranslation('admin');
  return {
    label: (name: Setting): string => (name === 'enabled' ? t('operators.mayLogIn') : t(`operators.${name}`)),
    shown: (name: Setting, value: unknown): string => {
      const setting = settingOf(name);
      if (typeof value === 'boolean') return value ? t('operators.bulk.on') : t('operators.bulk.off');
      if (typeof value === 'string') return isLanguage(value) ? languageNames[value] : value;
      if (typeof value !== 'number') return setting.type === 'figure' && setting.empty === 'theGroups' ? t('operators.theGroups') : t('operators.never');
      return setting.type === 'figure' && setting.unit ? `${value} ${t(`form.${setting.unit}`)}` : String(value);
    },
  };
}

/** The field of a setting in the dialogue; nothing is chosen beforehand. */
export function SettingField({ name }: { readonly name: Setting }) {
  const { t } = useTranslation('admin');
  const label = useSettingWords().label(name);
  const setting = settingOf(name);
  const help = t(`operators.help.${name}`);
  switch (setting.type) {
    case 'switch':
      return (
        <ChoiceField name={name} label={label} help={help} required options={[{ value: 'on', label: t('operators.bulk.on') }, { value: 'off', label: t('operators.bulk.off') }]} />
      );
    case 'figure':
      return (
        <NumberField
          name={name}
          label={label}
          help={help}
          min={setting.min}
          max={setting.max}
          required={!setting.empty}
          {...(setting.unit && { unit: t(`form.${setting.unit}`) })}
          {...(setting.empty && { empty: t(`operators.${setting.empty}`) })}
        />
      );
    case 'language':
      return <SelectField name={name} label={label} help={help} required options={languageOptions} />;
    case 'clock':
      return <TimeField name={name} label={label} help={help} empty={t('operators.never')} />;
  }
}
