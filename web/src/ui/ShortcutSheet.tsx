import { Kbd, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import classes from './Shortcuts.module.css';
import type { Shortcut } from './Shortcuts';

// Keys whose name is not what stands on them.
const arrows: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

interface ShortcutSheetProps {
  readonly shortcuts: readonly Shortcut[];
  readonly close: () => void;
}

/** What each key does on the page as it is. */
export function ShortcutSheet({ shortcuts, close }: ShortcutSheetProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={t('shortcuts.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack gap="xs">
        <dl className={classes['sheet']}>
          {[...shortcuts, { key: '?', label: t('shortcuts.sheet') }].map(({ key, label }) => (
            <div key={key} className={classes['line']}>
              <dt><Kbd>{arrows[key] ?? key.toUpperCase()}</Kbd></dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
        <Text size="xs" c="dimmed">{t('shortcuts.note')}</Text>
      </Stack>
    </Modal>
  );
}
