// The list of a kind of record. A page gives it the query, the columns (the first one
// carries the link that opens the record) and the words; it does the rest: search with
// "/", filters, sort by the headers, "n" for a new one, arrow keys over the rows, Enter
// to open, Space to choose, cards on narrow screens, only the visible rows when there
// are many, and the states of loading, empty and failed.
//
//   <ResourceList name="phones" query={useList(phones)} columns={columns} text={(p) => p.label}
//     label={(p) => p.label} open={(p) => `/admin/phones/${p.id}`} count={(n) => t('phones.count', { count: n })}
//     create={{ to: '/admin/phones/new', label: t('phones.new') }} empty={{ title: …, text: … }} />
import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useShortcut } from '../../../ui/Shortcuts';
import { Awaited, Empty, Failure } from '../../../ui/States';
import type { Stored } from './kinds';
import classes from './ResourceList.module.css';
import { ListTable } from './ListTable';
import { useShown, useView, type Column, type Filter } from './view';

interface Query<R> {
  readonly data: readonly R[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

export interface ResourceListProps<R extends Stored> {
  /** The name the view is kept under. */
  readonly name: string;
  /** What is listed, for people. */
  readonly title: string;
  readonly query: Query<R>;
  readonly columns: readonly Column<R>[];
  /** The column the list is sorted by at first; the server's order without it. */
  readonly sort?: string;
  readonly filters?: readonly Filter<R>[];
  /** What is searched in a row. */
  readonly text: (row: R) => string;
  /** The name of a row. */
  readonly label: (row: R) => string;
  /** The path that opens a row; without it rows are not opened. */
  readonly open?: (row: R) => string;
  readonly create?: { readonly to: string; readonly label: string };
  /** So many of them, in words. */
  readonly count: (n: number) => string;
  readonly empty: { readonly title: string; readonly text?: string };
  /** What can be done with the chosen rows; without it none can be chosen. */
  readonly bulk?: (chosen: readonly R[], done: () => void) => ReactNode;
}

const noFilters: readonly never[] = [];
const noRows: readonly never[] = [];

export function ResourceList<R extends Stored>(props: ResourceListProps<R>) {
  const { name, title, query, columns, sort = '', filters = noFilters, text, label, open, create, count, empty, bulk } = props;
  const { t } = useTranslation(['admin', 'common']);
  const navigate = useNavigate();
  const [view, setView] = useView(name, sort);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const rows = query.data ?? noRows;
  const shown = useShown(rows, view, columns, filters, text);
  const narrowed = view.search !== '' || Object.keys(view.filters).length > 0;
  useShortcut('/', t('list.searchKey'), () => search.current?.focus(), rows.length === 0);
  useShortcut('n', create?.label ?? '', () => void navigate({ to: create?.to ?? '/admin' }), !create);

  if (!query.data) return <Awaited query={query}>{() => null}</Awaited>;
  const button = create && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => void navigate({ to: create.to })}>{create.label}</Button>
  );
  if (rows.length === 0) return <div className={classes['card']}><Empty title={empty.title} {...(empty.text !== undefined && { text: empty.text })} action={button} /></div>;

  // Chosen is what is marked and still shown: nothing is done to rows that are out of sight.
  const chosen = shown.filter((row) => marked.has(row.id));
  const setFilter = (id: string, value: string | null): void => {
    const others = Object.entries(view.filters).filter(([other]) => other !== id);
    setView({ ...view, filters: Object.fromEntries(value === null ? others : [...others, [id, value]]) });
  };
  return (
    <div>
      <div className={classes['tools']}>
        <TextInput
          ref={search}
          className={classes['search'] ?? ''}
          aria-label={t('common:search')}
          placeholder={t('list.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={view.search !== '' && (
            <CloseButton size="sm" aria-label={t('list.clearSearch')} onClick={() => setView({ ...view, search: '' })} />
          )}
          value={view.search}
          onChange={(event) => setView({ ...view, search: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setView({ ...view, search: '' });
          }}
        />
        {filters.map((filter) => (
          <Select
            key={filter.id}
            className={classes['filter'] ?? ''}
            aria-label={filter.label}
            placeholder={filter.label}
            data={[...filter.options]}
            value={view.filters[filter.id] ?? null}
            onChange={(value) => setFilter(filter.id, value)}
            clearable
            clearButtonProps={{ 'aria-label': t('list.clearFilter', { filter: filter.label }) }}
          />
        ))}
        <Select
          className={classes['order'] ?? ''}
          aria-label={t('list.sortBy')}
          placeholder={t('list.sortBy')}
          data={columns.filter((column) => column.sort).map(({ id, label: word }) => ({ value: id, label: word }))}
          value={view.sort || null}
          onChange={(value) => setView({ ...view, sort: value ?? '', down: false })}
          clearable
          clearButtonProps={{ 'aria-label': t('list.serverOrder') }}
        />
        <div className={classes['new']}>{button}</div>
      </div>
      <div className={classes['line']}>
        <span role="status">
          {chosen.length > 0 && bulk
            ? t('list.chosen', { count: chosen.length })
            : narrowed ? t('list.of', { shown: count(shown.length), total: rows.length }) : count(rows.length)}
        </span>
        {chosen.length > 0 && bulk && (
          <div className={classes['bulk']}>
            {bulk(chosen, () => setMarked(new Set()))}
            <Button size="xs" variant="subtle" onClick={() => setMarked(new Set())}>{t('list.chooseNone')}</Button>
          </div>
        )}
      </div>
      {query.error !== null && <Failure error={query.error} retry={() => void query.refetch()} />}
      {shown.length === 0
        ? (
          <div className={classes['card']}>
            <Empty title={t('list.nothing')} action={<Button variant="default" onClick={() => setView({ ...view, search: '', filters: {} })}>{t('list.showAll')}</Button>} />
          </div>
        )
        : (
          <ListTable
            name={name}
            title={title}
            rows={shown}
            columns={columns}
            label={label}
            view={view}
            sortBy={(id) => setView({ ...view, sort: id, down: view.sort === id && !view.down })}
            {...(open && { open })}
            {...(bulk && { marked, mark: setMarked })}
          />
        )}
    </div>
  );
}
