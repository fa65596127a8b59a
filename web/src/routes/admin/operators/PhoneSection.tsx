import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { readable } from '../../../ui/number';
import { countryOptions } from '../parts/countries';
import { ChoiceField, SelectField, SwitchField, TelField } from '../parts/fields';
import { centreQuery, numbers, operators, phones } from '../parts/kinds';
import { useList } from '../parts/resource';
import { dialable, telephone } from '../parts/rules';
import type { RecordForm } from '../parts/useRecordForm';
import { phoneNumber } from './checks';
import { rungOutside, type Values } from './values';

interface SectionProps {
  readonly form: RecordForm<Values>;
}

export function PhoneSection({ form }: SectionProps) {
  const { t } = useTranslation(['admin', 'common']);
  const { phone, askPhoneAtLogin, directNumber } = form.values;
  const { data: centre } = useQuery(centreQuery);
  const service = useList(numbers).data;
  const own = [...(service ?? []).map(({ number }) => number), directNumber];
  const outside = phoneNumber({ country: centre?.dialCountry, own });
  return (
    <>
      <ChoiceField
        name="phone.kind"
        label={t('operators.phone')}
        required={!askPhoneAtLogin}
        options={[
          { value: 'browser', label: t('common:phone.browser'), help: t('operators.help.browser') },
          { value: 'centrex', label: t('common:phone.centrex'), help: t('operators.help.centrex') },
          { value: 'external', label: t('common:phone.external'), help: t('operators.help.external') },
          ...(askPhoneAtLogin ? [{ value: '', label: t('operators.phoneAsked'), help: t('operators.help.asked') }] : []),
        ]}
      />
      {phone.kind === 'centrex' && <Account />}
      {phone.kind === 'external' && <TelField name="phone.number" label={t('operators.phoneNumber')} help={t('operators.help.phoneNumber')} required check={outside} />}
      {phone.kind === 'browser' && <TelField name="phone.fallback" label={t('operators.fallback')} help={t('operators.help.fallback')} check={outside} />}
      {rungOutside(phone) && <SwitchField name="phone.confirm" label={t('operators.confirm')} help={t('operators.help.confirm')} />}
      <SwitchField name="askPhoneAtLogin" label={t('operators.askPhoneAtLogin')} help={t('operators.help.askPhoneAtLogin')} />
      <SwitchField name="allowPhoneChange" label={t('operators.allowPhoneChange')} help={t('operators.help.allowPhoneChange')} />
    </>
  );
}

/** The Centrex phones; who has one already is said, for it serves one operator at a time. */
function Account() {
  const { t } = useTranslation('admin');
  const all = useList(phones).data;
  const people = useList(operators).data;
  const options = useMemo(() => {
    const owners = new Map(people?.flatMap((o) => (o.phone?.kind === 'centrex' && o.phone.account !== null ? [[o.phone.account, o.fullName] as const] : [])));
    return (all ?? []).map(({ id, label, username, number }) => {
      const owner = owners.get(id);
      return { value: id, label: [label, number ?? username, ...(owner === undefined ? [] : [owner])].join(' · ') };
    });
  }, [all, people]);
  return (
    <SelectField
      name="phone.account"
      label={t('operators.account')}
      help={all?.length === 0 ? t('operators.noPhones') : t('operators.help.account')}
      options={options}
      searchable
      required
      placeholder={t('operators.chooseAccount')}
    />
  );
}

export function CallerIdSection({ form }: SectionProps) {
  const { t } = useTranslation('admin');
  const { data: centre } = useQuery(centreQuery);
  const service = useList(numbers).data;
  const { mode } = form.values.callerId;
  const countries = useMemo(() => countryOptions(currentLanguage()), []);
  const main = centre?.mainNumber;
  return (
    <>
      <ChoiceField
        name="callerId.mode"
        label={t('operators.callerId')}
        options={(['service', 'direct', 'custom', 'anonymous'] as const).map((value) => ({
          value, label: t(`operators.callerIdMode.${value}`), help: t(`operators.help.callerId.${value}`),
        }))}
        chosen={(value) => form.set({ callerId: { mode: value as Values['callerId']['mode'], number: null } })}
      />
      {mode === 'service' && (
        <SelectField
          name="callerId.number"
          label={t('operators.serviceNumber')}
          help={t('operators.help.serviceNumber')}
          options={(service ?? []).map(({ number, label }) => ({ value: number, label: label ? `${readable(number)} · ${label}` : readable(number) }))}
          empty={main ? t('operators.mainNumber', { number: readable(main) }) : t('operators.noMainNumber')}
        />
      )}
      {mode === 'custom' && <TelField name="callerId.number" label={t('operators.customNumber')} help={t('operators.help.customNumber')} required check={dialable} />}
      <TelField name="directNumber" label={t('operators.directNumber')} help={t('operators.help.directNumber')} required={mode === 'direct'} check={telephone} />
      <SelectField name="dialCountry" label={t('operators.dialCountry')} help={t('operators.help.dialCountry')} options={countries} searchable required />
    </>
  );
}
