import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { Empty } from './States';

export function NotFound() {
  const { t } = useTranslation();
  return <Empty title={t('notFound')} action={<Anchor href="/">{t('home')}</Anchor>} />;
}
