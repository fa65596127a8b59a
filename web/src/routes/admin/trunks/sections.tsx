// The sections of a trunk's form.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { ChoiceField, NumberField, SecretField, SelectField, SwitchField, TagsField, TextField } from '../parts/fields';
import { host, source } from './checks';
import { codecChoices } from './values';

export function RouteFields() {
  const { t } = useTranslation('admin');
  return (
    <>
      <TextField name="name" label={t('trunks.name')} help={t('trunks.nameHelp')} high={100} required />
      <TextField name="host" label={t('trunks.host')} help={t('trunks.hostHelp')} check={host} required mono />
      <NumberField name="port" label={t('trunks.port')} help={t('trunks.portHelp')} min={1} max={65535} required />
      <SelectField
        name="transport" label={t('trunks.transport')} help={t('trunks.transportHelp')}
        options={[{ value: 'udp', label: 'UDP' }, { value: 'tcp', label: 'TCP' }]}
      />
      <SwitchField name="enabled" label={t('trunks.enabled')} help={t('trunks.enabledHelp')} />
    </>
  );
}

export function InboundFields({ none }: { readonly none: boolean }) {
  const { t } = useTranslation('admin');
  return (
    <>
      <TagsField name="sources" label={t('trunks.sources')} help={t('trunks.sourcesHelp')} check={source} placeholder="192.0.2.0/24" />
      {none && <Text size="sm" c="dimmed">{t('trunks.sourcesNone')}</Text>}
    </>
  );
}

interface AccountProps {
  readonly known: boolean;
  readonly replace: boolean;
  /** Registering needs a user name. */
  readonly needed: boolean;
}

export function AccountFields({ known, replace, needed }: AccountProps) {
  const { t } = useTranslation('admin');
  return (
    <>
      <TextField name="username" label={t('trunks.username')} help={t('trunks.usernameHelp')} high={64} required={needed} mono />
      {known && (
        <ChoiceField
          name="secret"
          label={t('trunks.password')}
          help={t('trunks.secretHelp')}
          options={(['keep', 'replace', 'remove'] as const).map((value) => ({ value, label: t(`trunks.secret.${value}`) }))}
        />
      )}
      {replace && <SecretField name="password" label={known ? t('trunks.newPassword') : t('trunks.password')} help={known ? undefined : t('trunks.passwordHelp')} />}
      <SelectField
        name="digest" label={t('trunks.digest')} help={t('trunks.digestHelp')}
        options={[{ value: 'md5', label: 'MD5' }, { value: 'sha256', label: 'SHA-256' }]}
      />
      <SwitchField name="register" label={t('trunks.register')} help={t('trunks.registerHelp')} />
    </>
  );
}

export function CallFields() {
  const { t } = useTranslation('admin');
  return (
    <>
      <SelectField
        name="format" label={t('trunks.format')} help={t('trunks.formatHelp')}
        options={(['e164+', 'e164', 'national'] as const).map((value) => ({ value, label: t(`trunks.formats.${value}`) }))}
      />
      <SelectField
        name="codecs" label={t('trunks.codecs')} help={t('trunks.codecsHelp')}
        options={codecChoices.map((value) => ({ value, label: value.replace(' ', ', ') }))}
      />
      <SwitchField name="forwardCaller" label={t('trunks.forwardCaller')} help={t('trunks.forwardCallerHelp')} />
    </>
  );
}

export function LimitFields() {
  const { t } = useTranslation('admin');
  return (
    <>
      <NumberField name="maxCalls" label={t('trunks.maxCalls')} help={t('trunks.maxCallsHelp')} min={1} max={10_000} empty={t('trunks.noLimit')} />
      <NumberField name="priority" label={t('trunks.priority')} help={t('trunks.priorityHelp')} min={1} max={100} required />
      <NumberField name="keepaliveSeconds" label={t('trunks.keepalive')} help={t('trunks.keepaliveHelp')} min={0} max={3600} unit="s" required />
    </>
  );
}
