import { Stack, Text, Title } from '@mantine/core';
import { IconAppWindow } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { Brand } from '../../ui/Brand';
import classes from './PopPage.module.css';

/** What stands in the window of the customer's pages until the first call. */
export function PopPage() {
  const { t } = useTranslation(['banner', 'common']);
  const title = t('pop.title');
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <main id="content" className={classes['page']}>
      <Stack gap="md" align="center" className={classes['card']}>
        <IconAppWindow size={44} stroke={1.4} className={classes['icon']} aria-hidden />
        <Title order={1} size="h3">{t('pop.here')}</Title>
        <Text c="dimmed">{t('pop.keep')}</Text>
        <Brand />
      </Stack>
    </main>
  );
}
