import { Alert, Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useShortcut } from '../../../ui/Shortcuts';
import { Empty, Failure, Loading } from '../../../ui/States';
import { pauseTypes } from '../parts/kinds';
import { Page } from '../parts/Page';
import { useList } from '../parts/resource';
import { PauseTypeRows } from './PauseTypeRows';
import { mostPauseTypes, ordered } from './values';

export function PauseTypesPage() {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const list = useList(pauseTypes);
  const full = (list.data?.length ?? 0) >= mostPauseTypes;
  const create = (): void => void navigate({ to: '/admin/pause-types/new' });
  useShortcut('n', t('pauseTypes.new'), create, full);
  const button = <Button leftSection={<IconPlus size={16} aria-hidden />} disabled={full} onClick={create}>{t('pauseTypes.new')}</Button>;
  return (
    <Page title={t('pauseTypes.title')} intro={t('pauseTypes.intro')} actions={button}>
      {full && <Alert color="orange" mb="md">{t('pauseTypes.full', { most: mostPauseTypes })}</Alert>}
      {list.error !== null && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data?.length === 0 && <Empty title={t('pauseTypes.empty')} />}
      {list.data && list.data.length > 0 && <PauseTypeRows types={ordered(list.data)} />}
    </Page>
  );
}
