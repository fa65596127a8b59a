import { Text } from '@mantine/core';
import { openConfirmModal } from '@mantine/modals';
import i18next from 'i18next';

interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
}

/** Asks before something that cannot be taken back; resolves to the answer. */
export function confirm({ title, text, yes, danger = false }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    openConfirmModal({
      title,
      children: <Text size="sm">{text}</Text>,
      labels: { confirm: yes, cancel: i18next.t('cancel') },
      confirmProps: danger ? { color: 'red.8' } : {},
      onConfirm: () => resolve(true),
      onCancel: () => resolve(false),
      closeButtonProps: { 'aria-label': i18next.t('close') },
    });
  });
}
