import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { groups, users, type User } from '../parts/kinds';
import { ListPage } from '../parts/ListPage';
import { useList } from '../parts/resource';
import { Tags } from '../parts/Tags';
import type { Column, Filter } from '../parts/view';
import { UserPassword } from './UserPassword';

const name = (user: User): string => user.name;
const text = ({ name: called, login, email }: User): string => [called, login, email ?? ''].join(' ');
const roles = ['supervisor', 'administrator', 'technical'] as const;

export function UsersPage() {
  const { t } = useTranslation(['admin', 'common']);
  const list = useList(users);
  const allGroups = useList(groups).data;
  const columns = useMemo((): readonly Column<User>[] => {
    const known = new Map(allGroups?.map((group) => [group.id, group]));
    const seen = (user: User) => (user.role === 'supervisor' ? user.groups : null);
    return [
      { id: 'name', label: t('users.name'), width: 'minmax(10rem, 1.4fr)', cell: name, sort: name },
      { id: 'login', label: t('users.login'), width: 'minmax(7rem, 1fr)', cell: (u) => u.login, sort: (u) => u.login },
      { id: 'role', label: t('users.role'), width: 'minmax(9rem, 1fr)', cell: (u) => t(`common:roles.${u.role}`), sort: (u) => roles.indexOf(u.role) },
      {
        id: 'groups', label: t('users.groups'), width: 'minmax(9rem, 1.6fr)', sort: (u) => seen(u)?.length ?? 10_000,
        cell: (u) => {
          const ids = seen(u);
          return ids === null
            ? t('users.everyGroup')
            : <Tags tags={ids.flatMap((id) => known.get(id) ?? [])} none={t('users.noGroup')} />;
        },
      },
      {
        id: 'password', label: t('users.password'), width: 'minmax(8rem, 1fr)',
        cell: (u) => <UserPassword user={u} />, sort: (u) => t(`operators.passwordState.${u.passwordState}`),
      },
    ];
  }, [allGroups, t]);
  const filters = useMemo((): readonly Filter<User>[] => [{
    id: 'role',
    label: t('users.role'),
    options: roles.map((value) => ({ value, label: t(`common:roles.${value}`) })),
    test: (user, value) => user.role === value,
  }], [t]);
  return <ListPage name="users" query={list} columns={columns} filters={filters} text={text} label={name} />;
}
