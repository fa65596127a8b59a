import { Alert, Text } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { EraseButton } from '../parts/EraseButton';
import { trunks, type Trunk } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import { useList, type Versioned } from '../parts/resource';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { AccountFields, CallFields, InboundFields, LimitFields, RouteFields } from './sections';
import { livePoll } from './TrunksPage';
import { TrunkState } from './TrunkState';
import { bodyOf, newTrunk, valuesOf } from './values';

const route = getRouteApi('/admin/trunks/$id');
const list = '/admin/trunks';

export function NewTrunkPage() {
  return <TrunkForm />;
}

export function TrunkPage() {
  const { t } = useTranslation('admin');
  const { id } = route.useParams();
  return (
    <WithRecord kind={trunks} id={id} title={t('trunks.title')} back={{ to: list, label: t('trunks.title') }}>
      {(known) => <TrunkForm key={id} known={known} />}
    </WithRecord>
  );
}

function TrunkForm({ known }: { readonly known?: Versioned<Trunk> }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const form = useRecordForm({
    kind: trunks,
    known,
    start: known ? valuesOf(known.record) : newTrunk,
    toValues: valuesOf,
    toBody: bodyOf,
    saved: (_, created) => {
      if (created) void navigate({ to: list });
    },
  });
  const { values } = form;
  return (
    <Page
      title={known ? known.record.name : t('trunks.new')}
      back={{ to: list, label: t('trunks.title') }}
      actions={known && (
        <EraseButton
          kind={trunks} record={known.record} name={known.record.name} to={list}
          question={{ title: t('trunks.deleteOne', { name: known.record.name }), text: t('trunks.deleteText') }}
        />
      )}
    >
      <ResourceForm
        form={form}
        top={known && <Live id={known.record.id} />}
        sections={[
          { id: 'route', title: t('trunks.connection'), intro: t('trunks.connectionIntro'), content: <RouteFields /> },
          { id: 'inbound', title: t('trunks.inbound'), intro: t('trunks.inboundIntro'), content: <InboundFields none={values.sources.length === 0} /> },
          {
            id: 'account', title: t('trunks.account'), intro: t('trunks.accountIntro'),
            content: <AccountFields known={known !== undefined} replace={values.secret === 'replace'} needed={values.register} />,
          },
          { id: 'calls', title: t('trunks.calls'), content: <CallFields /> },
          { id: 'limits', title: t('trunks.limits'), content: <LimitFields /> },
        ]}
      />
    </Page>
  );
}

/** The state of the trunk, as it is now, and what it means. */
function Live({ id }: { readonly id: string }) {
  const { t } = useTranslation('admin');
  const trunk = useList(trunks, livePoll).data?.find((one) => one.id === id);
  if (!trunk) return null;
  return (
    <Alert variant="default" title={<TrunkState state={trunk.state} />}>
      <Text size="sm" c="dimmed">{t(`trunks.statesHelp.${trunk.state}`)}</Text>
    </Alert>
  );
}
