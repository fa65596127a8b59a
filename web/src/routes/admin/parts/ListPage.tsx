import { useCallback, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Stored } from './kinds';
import { Page } from './Page';
import { ResourceList, type ResourceListProps } from './ResourceList';

/** What records are called in the words and in the paths of the administration. */
type Name = 'operators' | 'groups' | 'numbers' | 'phones' | 'trunks' | 'users';

type About<R extends Stored> = Pick<ResourceListProps<R>, 'query' | 'columns' | 'sort' | 'filters' | 'text' | 'label' | 'bulk'>;

interface ListPageProps<R extends Stored> extends About<R> {
  readonly name: Name;
  /** Beside the title. */
  readonly actions?: ReactNode;
}

/** The page of a kind of record that is opened, and made, on pages of its own. */
export function ListPage<R extends Stored>({ name, actions, ...about }: ListPageProps<R>) {
  const { t } = useTranslation('admin');
  const open = useCallback(({ id }: R) => `/admin/${name}/${id}`, [name]);
  return (
    <Page title={t(`${name}.title`)} intro={t(`${name}.intro`)} actions={actions}>
      <ResourceList
        {...about}
        name={name}
        title={t(`${name}.title`)}
        open={open}
        create={{ to: `/admin/${name}/new`, label: t(`${name}.new`) }}
        count={(count) => t(`${name}.count`, { count })}
        empty={{ title: t(`${name}.empty`), text: t(`${name}.emptyText`) }}
      />
    </Page>
  );
}
