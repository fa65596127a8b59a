import { Button, Group, Modal, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Asked } from './confirm';

/** A question with its two answers; the focus goes back where it was. */
export function ConfirmDialog({ question, close }: { readonly question: Asked; readonly close: () => void }) {
  const { t } = useTranslation();
  const [before] = useState(() => document.activeElement);
  useEffect(() => () => {
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }, [before]);
  return (
    <Modal opened onClose={close} title={question.title} closeButtonProps={{ 'aria-label': t('close') }}>
      <Text size="sm" mb="md">{question.text}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>{t('cancel')}</Button>
        <Button {...(question.danger && { color: 'red.8' })} onClick={() => question.answer(true)}>{question.yes}</Button>
      </Group>
    </Modal>
  );
}
