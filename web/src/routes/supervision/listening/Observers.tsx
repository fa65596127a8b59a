import { IconEar } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import classes from './Listening.module.css';

/** That supervisors hear an operator's call, and who. */
export function Observers({ call, operator }: { readonly call: Call; readonly operator: string }) {
  const { t } = useTranslation('supervision');
  const here = (call.observedBy ?? []).filter((observer) => observer.operator === operator && observer.up);
  if (here.length === 0) return null;
  const text = here.map(({ mode, name }) => t(`listening.by.${mode}`, { who: name })).join(' · ');
  return <span className={classes['observers']} role="img" aria-label={text} title={text}><IconEar size={16} aria-hidden /></span>;
}
