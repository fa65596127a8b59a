import { Button, Group, Menu, Modal, Stack, TextInput } from '@mantine/core';
import { IconBookmark, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { said } from '../../../ui/toast';
import { keepViews, readViews, withView, type SavedView } from './savedViews';
import type { Selection } from './select';

interface ViewsMenuProps {
  readonly selection: Selection;
  readonly select: (selection: Selection) => void;
}

/** Selections kept under a name, on this machine. */
export function ViewsMenu({ selection, select }: ViewsMenuProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const [views, setViews] = useState<readonly SavedView[]>(readViews);
  const [name, setName] = useState<string | null>(null);
  const [leaving, remove] = useState<SavedView | null>(null);
  const keep = (next: readonly SavedView[]): void => {
    keepViews(next);
    setViews(next);
  };
  const save = (): void => {
    const trimmed = name?.trim() ?? '';
    if (trimmed === '') return;
    keep(withView(views, { name: trimmed, selection }));
    setName(null);
    said(t('views.saved', { name: trimmed }));
  };
  return (
    <>
      <Menu position="bottom-end" width={260} withinPortal>
        <Menu.Target>
          <Button variant="default" size="sm" leftSection={<IconBookmark size={16} aria-hidden />}>{t('views.title')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>{t('views.none')}</Menu.Label>}
          {views.map((view) => <Menu.Item key={view.name} onClick={() => select(view.selection)}>{view.name}</Menu.Item>)}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setName('')}>{t('views.save')}</Menu.Item>
          {views.map((view) => (
            <Menu.Item
              key={view.name}
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => remove(view)}
            >
              {t('views.remove', { name: view.name })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={name !== null} onClose={() => setName(null)} title={t('views.save')} closeButtonProps={{ 'aria-label': common('close') }}>
        <form onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        >
          <Stack>
            <TextInput label={t('views.name')} data-autofocus maxLength={60} value={name ?? ''} onChange={(event) => setName(event.currentTarget.value)} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setName(null)}>{common('cancel')}</Button>
              <Button type="submit" disabled={(name ?? '').trim() === ''}>{common('save')}</Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      <Modal
        opened={leaving !== null} onClose={() => remove(null)} centered
        title={leaving && t('views.removeAsk', { name: leaving.name })} closeButtonProps={{ 'aria-label': common('close') }}
      >
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => remove(null)}>{common('cancel')}</Button>
          <Button
            color="red.8"
            onClick={() => {
              keep(views.filter((other) => other !== leaving));
              remove(null);
            }}
          >
            {t('views.removeYes')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
