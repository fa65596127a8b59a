import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { readable } from '../../../ui/number';
import { groups, numbers, type Group } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { useList } from '../parts/resource';
import { Sign } from '../parts/Sign';
import { Tags } from '../parts/Tags';
import type { Column } from '../parts/view';
import classes from './groups.module.css';

const name = (group: Group): string => group.name;

export function GroupsPage() {
  const { t } = useTranslation('admin');
  const list = useList(groups);
  const allNumbers = useList(numbers).data;
  const leading = useMemo(() => {
    const found = new Map<string, { id: string; name: string }[]>();
    for (const { id, number, destination } of allNumbers ?? []) {
      if (destination.type !== 'group' || !destination.id) continue;
      found.set(destination.id, [...(found.get(destination.id) ?? []), { id, name: readable(number) }]);
    }
    return found;
  }, [allNumbers]);
  const columns = useMemo((): readonly Column<Group>[] => [
    { id: 'name', label: t('groups.name'), width: 'minmax(10rem, 1.6fr)', cell: (g) => <span className={classes['name']}><Dot colour={g.colour} />{g.name}</span>, sort: name },
    { id: 'strategy', label: t('groups.strategy'), width: 'minmax(9rem, 1.3fr)', cell: (g) => t(`groups.strategies.${g.strategy}`), sort: (g) => t(`groups.strategies.${g.strategy}`) },
    {
      id: 'members',
      label: t('groups.members'),
      width: 'minmax(7rem, 0.8fr)',
      end: true,
      cell: (g) => (g.members.length === 0 ? <Sign tone="waiting">{t('groups.noMembers')}</Sign> : g.members.length),
      sort: (g) => g.members.length,
    },
    { id: 'priority', label: t('groups.priority'), width: '6rem', end: true, cell: (g) => g.priority, sort: (g) => g.priority },
    {
      id: 'numbers',
      label: t('groups.numbers'),
      width: 'minmax(10rem, 1.6fr)',
      cell: (g) => <Tags tags={leading.get(g.id) ?? []} most={2} none={<span className={classes['none']}>{t('groups.noNumbers')}</span>} />,
      sort: (g) => leading.get(g.id)?.length ?? 0,
    },
  ], [t, leading]);
  return (
    <ListPage
      name="groups"
      query={list}
      columns={columns}
      sort="name"
      text={(g) => [g.name, ...(leading.get(g.id) ?? []).map((number) => number.name.replaceAll(' ', ''))].join(' ')}
      label={name}
    />
  );
}
