import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import { EraseButton } from '../parts/EraseButton';
import { ChoiceField, SwitchField, TelField, TextField } from '../parts/fields';
import { HoursEditor } from '../parts/hours/HoursEditor';
import { numbers, type ServiceNumber } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import type { Versioned } from '../parts/resource';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { DestinationField } from '../parts/DestinationField';
import { bodyOf, newNumber, valuesOf } from './values';

const route = getRouteApi('/admin/numbers/$id');
const list = '/admin/numbers';

export function NewNumberPage() {
  return <NumberForm />;
}

export function NumberPage() {
  const { t } = useTranslation('admin');
  const { id } = route.useParams();
  return (
    <WithRecord kind={numbers} id={id} title={t('numbers.title')} back={{ to: list, label: t('numbers.title') }}>
      {(known) => <NumberForm key={id} known={known} />}
    </WithRecord>
  );
}

function NumberForm({ known }: { readonly known?: Versioned<ServiceNumber> }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const form = useRecordForm({
    kind: numbers,
    known,
    start: known ? valuesOf(known.record) : newNumber,
    toValues: valuesOf,
    toBody: bodyOf,
    saved: ({ id, warnings }, created) => {
      if (!created) return;
      // What is to be looked at once more is said on its own page.
      void (warnings.length > 0 ? navigate({ to: '/admin/numbers/$id', params: { id }, ignoreBlocker: true, replace: true }) : navigate({ to: list }));
    },
  });
  return (
    <Page
      title={known ? readable(known.record.number) : t('numbers.new')}
      back={{ to: list, label: t('numbers.title') }}
      actions={known && (
        <EraseButton
          kind={numbers} record={known.record} name={readable(known.record.number)} to={list}
          question={{ title: t('numbers.deleteOne', { name: readable(known.record.number) }), text: t('numbers.deleteText') }}
        />
      )}
    >
      <ResourceForm
        form={form}
        sections={[
          {
            id: 'number',
            title: t('numbers.identity'),
            content: (
              <>
                <TelField name="number" label={t('numbers.number')} help={t('numbers.numberHelp')} required />
                <TextField name="label" label={t('numbers.label')} help={t('numbers.labelHelp')} high={100} />
              </>
            ),
          },
          {
            id: 'destination',
            title: t('numbers.destination'),
            content: (
              <>
                <DestinationField name="destination" label={t('numbers.destination')} help={t('numbers.destinationHelp')} types={['group', 'operator', 'number', 'hangup']} />
                <DestinationField
                  name="overflow" label={t('numbers.overflow')} help={t('numbers.overflowHelp')} types={['group', 'number', 'hangup']} empty={t('numbers.noOverflow')}
                />
              </>
            ),
          },
          {
            id: 'hours',
            title: t('hours.title'),
            intro: t('hours.numberIntro'),
            content: <HoursEditor value={form.values.openingHours} exitEmpty={t('hours.refused')} exitHelp={t('hours.numberExitHelp')} />,
          },
          {
            id: 'call',
            title: t('numbers.call'),
            content: (
              <>
                <ChoiceField
                  name="answer"
                  label={t('numbers.answer')}
                  options={(['atOnce', 'onOperator'] as const).map((value) => ({ value, label: t(`numbers.answers.${value}`), help: t(`numbers.answersHelp.${value}`) }))}
                />
                <SwitchField name="record" label={t('numbers.recordCalls')} help={t('numbers.recordHelp')} />
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
