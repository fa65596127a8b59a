import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function BannerPage() {
  const { t } = useTranslation('banner');
  return <Title>{t('title')}</Title>;
}
