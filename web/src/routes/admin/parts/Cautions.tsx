import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { ruleText } from '../../../ui/rules';
import classes from './fields.module.css';

/** What the server took though it is hardly meant, at its field. */
export function Cautions({ texts }: { readonly texts: readonly string[] }) {
  const { t } = useTranslation();
  return texts.map((text) => (
    <span key={text} className={classes['caution']}>
      <IconAlertTriangle size={14} aria-hidden />
      <span>{ruleText(t, text)}</span>
    </span>
  ));
}
