import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { mayAdminister } from '../../api/session';
import { useUser } from './user';

/** The way to the administration, for those who may go there. */
export function AdminLink() {
  const { t } = useTranslation();
  const user = useUser();
  if (!user || !mayAdminister(user)) return null;
  return <Button component={Link} to="/admin" variant="default" size="xs">{t('faces.admin')}</Button>;
}
