import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { confirm } from '../../../ui/confirm';
import { refused } from '../../../ui/toast';
import { EraseButton } from '../parts/EraseButton';
import { TextField } from '../parts/fields';
import { phones, type Phone } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import type { Versioned } from '../parts/resource';
import { internal, username } from './checks';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { Credentials } from './Credentials';
import { Registration } from './Registration';
import { bodyOf, newPhone, valuesOf } from './values';

const route = getRouteApi('/admin/phones/$id');
const list = '/admin/phones';

export function NewPhonePage() {
  return <PhoneForm />;
}

export function PhonePage() {
  const { t } = useTranslation('admin');
  const { id } = route.useParams();
  return (
    <WithRecord kind={phones} id={id} title={t('phones.title')} back={{ to: list, label: t('phones.title') }}>
      {(known) => <PhoneForm key={id} known={known} />}
    </WithRecord>
  );
}

function PhoneForm({ known }: { readonly known?: Versioned<Phone> }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  // The answer that holds the password, for as long as it is shown.
  const [told, setTold] = useState<Phone>();
  const form = useRecordForm({
    kind: phones,
    known,
    start: known ? valuesOf(known.record) : newPhone,
    toValues: valuesOf,
    toBody: bodyOf,
    saved: (record, created) => {
      if (created) setTold(record);
    },
  });
  const close = (): void => {
    setTold(undefined);
    if (!known) void navigate({ to: list });
  };
  return (
    <Page
      title={known ? known.record.label : t('phones.new')}
      back={{ to: list, label: t('phones.title') }}
      actions={known && (
        <>
          <NewPassword phone={known.record} tell={setTold} />
          <EraseButton
            kind={phones} record={known.record} name={known.record.label} to={list}
            question={{ title: t('phones.deleteOne', { name: known.record.label }), text: t('phones.deleteText') }}
          />
        </>
      )}
    >
      <ResourceForm
        form={form}
        top={known && <Registration id={known.record.id} />}
        sections={[{
          id: 'phone',
          title: t('phones.identity'),
          content: (
            <>
              <TextField name="label" label={t('phones.label')} help={t('phones.labelHelp')} high={100} required />
              <TextField name="number" label={t('phones.number')} help={t('phones.numberHelp')} check={internal} />
              <TextField
                name="username" label={t('phones.username')} help={known ? t('phones.usernameHelp') : t('phones.usernameNewHelp')} check={username}
                required={known !== undefined} mono
              />
            </>
          ),
        }]}
      />
      {told && <Credentials phone={told} close={close} />}
    </Page>
  );
}

function NewPassword({ phone, tell }: { readonly phone: Phone; readonly tell: (phone: Phone) => void }) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const renew = async (): Promise<void> => {
    const sure = await confirm({ title: t('phones.renewTitle', { name: phone.label }), text: t('phones.renewText'), yes: t('phones.renew') });
    if (!sure) return;
    tell(await answer(api.POST('/api/v1/phones/{id}/password', { params: { path: { id: phone.id } } })));
    await queries.invalidateQueries({ queryKey: [phones.name, 'list'] });
  };
  return (
    <Button variant="default" leftSection={<IconKey size={16} aria-hidden />} onClick={() => void renew().catch(refused)}>{t('phones.renew')}</Button>
  );
}
