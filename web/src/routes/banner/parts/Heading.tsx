import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useMe } from '../state/post';

/** The name of the page, for those who do not see it. */
export function Heading() {
  const { t } = useTranslation(['banner', 'common']);
  const name = useMe((me) => me.fullName);
  return <VisuallyHidden component="h1">{t('heading', { name })}</VisuallyHidden>;
}
