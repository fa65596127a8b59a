import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function WallboardPage() {
  const { t } = useTranslation('supervision');
  return <Title>{t('title')}</Title>;
}
