import { Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useMe } from '../state/post';
import { PhoneForm } from './PhoneForm';
import { usePhoneText } from './usePhoneText';

/** Change of phone (OP-21), outside of calls. */
export function PhoneDialog({ close }: { readonly close: () => void }) {
  const { t } = useTranslation(['banner', 'common']);
  const missing = useMe((me) => me.phone.state === 'missing');
  const text = usePhoneText();
  return (
    <Modal opened onClose={close} title={missing ? t('phone.give') : t('phone.change')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">{text}</Text>
        <PhoneForm done={close} cancel={close} />
      </Stack>
    </Modal>
  );
}
