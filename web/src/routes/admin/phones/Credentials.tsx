import { Alert, Button, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { Phone } from '../parts/kinds';
import { CopyField } from './CopyField';

interface CredentialsProps {
  /** As it was answered to the creation or to a new password: with the password. */
  readonly phone: Phone;
  readonly close: () => void;
}

/** What has to be entered in the telephone. The password is shown here and never again. */
export function Credentials({ phone, close }: CredentialsProps) {
  const { t } = useTranslation('admin');
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('phones.credentials', { name: phone.label })}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={t('phones.onceTitle')}>{t('phones.onceText')}</Alert>
        <Text size="sm">{t('phones.enter')}</Text>
        <CopyField label={t('phones.password')} value={phone.password ?? ''} />
        <CopyField label={t('phones.username')} value={phone.username} />
        <CopyField label={t('phones.server')} value={globalThis.location.hostname} help={t('phones.serverHelp')} />
        <CopyField label={t('phones.realm')} value="bandeau" help={t('phones.realmHelp')} />
        <Text size="sm" c="dimmed">{t('phones.transport')}</Text>
        <Button onClick={close} data-autofocus>{t('phones.noted')}</Button>
      </Stack>
    </Modal>
  );
}
