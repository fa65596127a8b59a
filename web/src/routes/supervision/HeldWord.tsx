import { IconPin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import classes from './Part.module.css';

/** Says that the order stands still; its place is kept while it is not said. */
export function HeldWord({ held }: { readonly held: boolean }) {
  const { t } = useTranslation('supervision');
  return (
    <span className={classes['held']} data-held={held}>
      <IconPin size={14} aria-hidden />
      {t('held')}
    </span>
  );
}
