import { Alert } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { currentLanguage, languageNames, languages } from '../../../i18n';
import { ColourField } from '../parts/ColourField';
import { EraseButton } from '../parts/EraseButton';
import { NumberField, SwitchField, TextField } from '../parts/fields';
import { pauseTypes, type PauseType } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import type { Versioned } from '../parts/resource';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { bodyOf, nameIn, newPauseType, valuesOf } from './values';

const route = getRouteApi('/admin/pause-types/$id');
const list = '/admin/pause-types';

export function NewPauseTypePage() {
  return <PauseTypeForm />;
}

export function PauseTypePage() {
  const { t } = useTranslation('admin');
  const { id } = route.useParams();
  return (
    <WithRecord kind={pauseTypes} id={id} title={t('pauseTypes.title')} back={{ to: list, label: t('pauseTypes.title') }}>
      {(known) => <PauseTypeForm key={id} known={known} />}
    </WithRecord>
  );
}

function PauseTypeForm({ known }: { readonly known?: Versioned<PauseType> }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const form = useRecordForm({
    kind: pauseTypes,
    known,
    start: known ? valuesOf(known.record) : newPauseType,
    toValues: valuesOf,
    toBody: bodyOf,
    saved: (_, created) => {
      if (created) void navigate({ to: list });
    },
  });
  const name = nameIn(currentLanguage(), form.values);
  const shown = name || t('pauseTypes.unnamed');
  const wasLogin = known?.record.login === true;
  return (
    <Page
      title={known ? shown : t('pauseTypes.new')}
      back={{ to: list, label: t('pauseTypes.title') }}
      actions={known && !wasLogin && (
        <EraseButton
          kind={pauseTypes} record={known.record} name={shown} to={list}
          question={{ title: t('pauseTypes.deleteOne', { name: shown }), text: t('pauseTypes.deleteText') }}
        />
      )}
    >
      <ResourceForm
        form={form}
        top={name === '' && !form.fresh && <Alert color="orange" icon={<IconEyeOff aria-hidden />}>{t('pauseTypes.hiddenNote')}</Alert>}
        sections={[
          {
            id: 'names',
            title: t('pauseTypes.names'),
            intro: t('pauseTypes.namesIntro'),
            content: languages.map((language) => <TextField key={language} name={`names.${language}`} label={languageNames[language]} high={100} />),
          },
          {
            id: 'rules',
            title: t('pauseTypes.rules'),
            content: (
              <>
                <ColourField name="colour" label={t('pauseTypes.colour')} />
                <NumberField
                  name="maxMinutes" label={t('pauseTypes.maxMinutes')} help={t('pauseTypes.maxMinutesHelp')} unit="min" min={1} max={1440}
                  empty={t('pauseTypes.noLimit')}
                />
                <SwitchField name="productive" label={t('pauseTypes.productive')} help={t('pauseTypes.productiveHelp')} />
                <SwitchField
                  name="login" label={t('pauseTypes.login')} help={wasLogin ? t('pauseTypes.loginFixed') : t('pauseTypes.loginHelp')} disabled={wasLogin}
                />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
