import { Alert, Button, Group, Text } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { whoQuery, type Whoever } from '../../../api/session';
import { currentLanguage, languageNames, languages } from '../../../i18n';
import { refused, said } from '../../../ui/toast';
import { EraseButton } from '../parts/EraseButton';
import { ChoiceField, ManyField, SelectField, SwitchField, TextField } from '../parts/fields';
import { groups, users, type User } from '../parts/kinds';
import { Page } from '../parts/Page';
import { ResourceForm } from '../parts/ResourceForm';
import { useList, type Versioned } from '../parts/resource';
import { email, login } from '../parts/rules';
import { useRecordForm } from '../parts/useRecordForm';
import { WithRecord } from '../parts/WithRecord';
import { UserPassword } from './UserPassword';
import { bodyOf, newUser, rolesFor, valuesOf, type UserValues } from './values';

const route = getRouteApi('/admin/users/$id');
const list = '/admin/users';

export function NewUserPage() {
  const { data: who } = useQuery(whoQuery);
  return who ? <UserForm who={who} /> : null;
}

export function UserPage() {
  const { t } = useTranslation('admin');
  const { id } = route.useParams();
  const { data: who } = useQuery(whoQuery);
  return (
    <WithRecord kind={users} id={id} title={t('users.title')} back={{ to: list, label: t('users.title') }}>
      {(known) => who && <UserForm key={id} who={who} known={known} />}
    </WithRecord>
  );
}

function UserForm({ who, known }: { readonly who: Whoever; readonly known?: Versioned<User> }) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const form = useRecordForm({
    kind: users,
    known,
    start: known ? valuesOf(known.record) : newUser(currentLanguage()),
    toValues: valuesOf,
    toBody: bodyOf,
    saved: (_, created) => {
      if (created) void navigate({ to: list });
    },
  });
  const self = known?.record.id === who.id;
  return (
    <Page
      title={known ? known.record.name : t('users.new')}
      back={{ to: list, label: t('users.title') }}
      actions={known && !self && (
        <EraseButton
          kind={users} record={known.record} name={known.record.name} to={list}
          question={{ title: t('users.deleteOne', { name: known.record.name }), text: t('users.deleteText') }}
        />
      )}
    >
      <ResourceForm
        form={form}
        top={known && <Password id={known.record.id} login={known.record.login} email={form.dirty ? null : known.record.email} />}
        sections={[
          {
            id: 'identity',
            title: t('users.identity'),
            content: (
              <>
                <TextField name="login" label={t('users.login')} help={t('users.loginHelp')} check={login} required />
                <TextField name="name" label={t('users.name')} help={t('users.nameHelp')} high={100} required={known !== undefined} />
                <TextField name="email" label={t('users.email')} help={t('users.emailHelp')} type="email" check={email} />
                <SelectField
                  name="language" label={t('users.language')} help={t('users.languageHelp')}
                  options={languages.map((value) => ({ value, label: languageNames[value] }))}
                />
              </>
            ),
          },
          {
            id: 'role',
            title: t('users.role'),
            content: <RoleFields who={who} self={self} values={form.values} />,
          },
        ]}
      />
    </Page>
  );
}

function RoleFields({ who, self, values }: { readonly who: Whoever; readonly self: boolean; readonly values: UserValues }) {
  const { t } = useTranslation(['admin', 'common']);
  const allGroups = useList(groups).data ?? [];
  const roles = rolesFor('role' in who ? who.role : 'supervisor');
  return (
    <>
      <ChoiceField
        name="role"
        label={t('users.role')}
        disabled={self}
        {...(self && { help: t('users.ownRole') })}
        options={roles.map((value) => ({ value, label: t(`common:roles.${value}`), help: t(`users.roleHelp.${value}`) }))}
      />
      {values.role === 'supervisor' && (
        <>
          <SwitchField name="allGroups" label={t('users.allGroups')} help={t('users.allGroupsHelp')} />
          {!values.allGroups && (
            <ManyField
              name="groups" label={t('users.groups')} help={t('users.groupsHelp')} placeholder={t('users.chooseGroups')}
              options={allGroups.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <SwitchField name="rights.operatorDetail" label={t('users.operatorDetail')} help={t('users.operatorDetailHelp')} />
          <SwitchField name="rights.listen" label={t('users.listen')} help={t('users.listenHelp')} />
        </>
      )}
    </>
  );
}

interface PasswordProps {
  readonly id: string;
  readonly login: string;
  /** The stored address; null while there is none, or while it is being changed. */
  readonly email: string | null;
}

/** Where the user's password stands; it is mailed, never shown. */
function Password({ id, login: account, email: address }: PasswordProps) {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const user = useList(users, 5000).data?.find((one) => one.id === id);
  const send = async (): Promise<void> => {
    await answer(api.POST('/api/v1/users/{id}/password', { params: { path: { id } } }));
    await queries.invalidateQueries({ queryKey: [users.name, 'list'] });
    said(t('users.sent'));
  };
  if (!user) return null;
  return (
    <Alert variant="default" title={t('users.password')}>
      <Group justify="space-between" gap="sm">
        <div>
          <UserPassword user={user} />
          <Text size="sm" c="dimmed">{user.email === null ? t('users.withoutEmail', { login: account }) : t('users.withEmail', { email: user.email })}</Text>
        </div>
        <Button
          size="xs" variant="default" leftSection={<IconMailForward size={16} aria-hidden />} disabled={address === null}
          onClick={() => void send().catch(refused)}
        >
          {t('users.send')}
        </Button>
      </Group>
    </Alert>
  );
}
