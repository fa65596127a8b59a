import { IconUsers } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { Empty } from '../../../ui/States';
import { useMe } from '../state/post';
import classes from './Groups.module.css';

/** His groups: how many wait in each (OP-07), and how many are there to answer. */
export const Groups = memo(function Groups() {
  const { t } = useTranslation(['banner', 'common']);
  const groups = useMe((me) => me.groups);
  if (groups.length === 0) return <Empty title={t('groups.none')} text={t('groups.noneText')} />;
  const waits = groups.some((group) => group.waiting !== undefined);
  return (
    <table className={classes['table']}>
      <thead>
        <tr>
          <th scope="col">{t('groups.group')}</th>
          {waits && <th scope="col" className={classes['number']}>{t('groups.waiting')}</th>}
          <th scope="col" className={classes['number']}>{t('groups.present')}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.id}>
            <th scope="row"><span className={classes['name']}><Dot colour={group.colour} /> <span>{group.name}</span></span></th>
            {waits && <td className={classes['number']} data-some={(group.waiting ?? 0) > 0 || undefined}>{group.waiting}</td>}
            <td className={classes['number']}><IconUsers size={14} aria-hidden className={classes['icon']} /> {group.present}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
