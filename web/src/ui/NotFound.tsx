import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import classes from './NotFound.module.css';
import { Empty } from './States';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main id="content">
      <Empty title={<h1 className={classes['title']}>{t('notFound')}</h1>} action={<Anchor href="/">{t('home')}</Anchor>} />
    </main>
  );
}
