import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import classes from './Tags.module.css';

interface Tag {
  readonly id: string;
  readonly name: string;
  readonly colour?: string;
}

/** Names in a row, as groups with their colour; the first few, and how many more there are. */
export function Tags({ tags, most = 3, none }: { readonly tags: readonly Tag[]; readonly most?: number; readonly none?: ReactNode }) {
  const { t } = useTranslation('admin');
  if (tags.length === 0) return none;
  const rest = tags.slice(most);
  return (
    <span className={classes['tags']}>
      {tags.slice(0, most).map(({ id, name, colour }) => (
        <span key={id} className={classes['tag']}>
          {colour !== undefined && <Dot colour={colour} />}
          <span>{name}</span>
        </span>
      ))}
      {rest.length > 0 && <span className={classes['more']} title={rest.map(({ name }) => name).join(', ')}>{t('list.more', { count: rest.length })}</span>}
    </span>
  );
}
