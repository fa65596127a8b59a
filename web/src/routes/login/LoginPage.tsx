import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function LoginPage() {
  const { t } = useTranslation('login');
  return <Title>{t('title')}</Title>;
}
