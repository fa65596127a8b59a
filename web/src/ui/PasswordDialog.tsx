import { Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { whoQuery } from '../api/session';
import { PasswordForm } from './PasswordForm';
import { said } from './toast';

/** Changes one's password without leaving the page: a banner that is left would end its session. */
export function PasswordDialog({ close }: { readonly close: () => void }) {
  const { t } = useTranslation(['login', 'common']);
  const { data: who } = useQuery(whoQuery);
  if (!who) return null;
  const done = (): void => {
    said(t('change.done'));
    close();
  };
  return (
    <Modal opened onClose={close} title={t('change.title')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">{t('change.lead')}</Text>
        <PasswordForm login={who.login} done={done} />
      </Stack>
    </Modal>
  );
}
