import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage, languageNames, languages } from '../../../i18n';
import { readable } from '../../../ui/number';
import { Awaited } from '../../../ui/States';
import { countryOptions } from '../parts/countries';
import { SelectField, SwitchField, TextField } from '../parts/fields';
import { numbers, type Centre } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import { useList, useRecord, type Versioned } from '../parts/resource';
import { useRecordForm } from '../parts/useRecordForm';
import { bodyOf, centreKind, timeZones, valuesOf } from './values';

export function CentrePage() {
  const { t } = useTranslation('admin');
  const one = useRecord(centreKind, '');
  return (
    <Page title={t('centre.title')} intro={t('centre.intro')}>
      <Awaited query={one}>{(known) => <CentreForm known={known} />}</Awaited>
    </Page>
  );
}

function CentreForm({ known }: { readonly known: Versioned<Centre> }) {
  const { t } = useTranslation('admin');
  const form = useRecordForm({
    kind: centreKind, known, start: valuesOf(known.record), toValues: valuesOf, toBody: bodyOf, saved: () => undefined,
  });
  const language = currentLanguage();
  const places = useMemo(() => countryOptions(language), [language]);
  const zones = useMemo(() => timeZones(known.record.timeZone), [known]);
  const services = useList(numbers).data ?? [];
  return (
    <ResourceForm
      form={form}
      sections={[
        {
          id: 'identity',
          title: t('centre.identity'),
          content: (
            <>
              <TextField name="name" label={t('centre.name')} help={t('centre.nameHelp')} high={100} required />
              <SelectField
                name="language" label={t('centre.language')} help={t('centre.languageHelp')}
                options={languages.map((value) => ({ value, label: languageNames[value] }))}
              />
              <SelectField name="timeZone" label={t('centre.timeZone')} help={t('centre.timeZoneHelp')} options={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))} searchable required />
            </>
          ),
        },
        {
          id: 'numbers',
          title: t('centre.numbers'),
          content: (
            <>
              <SelectField name="dialCountry" label={t('centre.dialCountry')} help={t('centre.dialCountryHelp')} options={places} searchable required />
              <SelectField
                name="mainNumber" label={t('centre.mainNumber')} help={t('centre.mainNumberHelp')} empty={t('centre.noMainNumber')}
                options={services.map(({ number, label }) => ({ value: number, label: label === '' ? readable(number) : `${readable(number)} · ${label}` }))}
              />
            </>
          ),
        },
        {
          id: 'recording',
          title: t('centre.recording'),
          content: <SwitchField name="recordingNotice" label={t('centre.recordingNotice')} help={t('centre.recordingNoticeHelp')} />,
        },
        {
          id: 'listening',
          title: t('centre.listening'),
          content: <SwitchField name="showListening" label={t('centre.showListening')} help={t('centre.showListeningHelp')} />,
        },
      ]}
    />
  );
}
