import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function AdminLayout() {
  const { t } = useTranslation('admin');
  return <Title>{t('title')}</Title>;
}
