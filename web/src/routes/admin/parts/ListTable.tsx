import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Stored } from './kinds';
import classes from './ListTable.module.css';
import type { Column, View } from './view';

interface ListTableProps<R extends Stored> {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly label: (row: R) => string;
  readonly open?: (row: R) => string;
  readonly view: View;
  readonly sortBy: (column: string) => void;
  /** The chosen rows, where rows can be chosen. */
  readonly marked?: ReadonlySet<string>;
  readonly mark?: (ids: ReadonlySet<string>) => void;
}

/** From so many rows on only those on the screen are drawn. */
const many = 100;
const rowHeight = 49;

/** The rows of a list as a table; on narrow screens each row is a card. */
export function ListTable<R extends Stored>(props: ListTableProps<R>) {
  const { name, title, rows, columns, marked, mark } = props;
  const { t } = useTranslation('admin');
  const tracks = [...(mark ? ['2.5rem'] : []), ...columns.map((column) => column.width)].join(' ');
  const body = useRef<HTMLDivElement>(null);
  // Who comes back from a record goes on at its row.
  const last = `bandeau-last-${name}`;
  const [came] = useState(() => rows.findIndex((row) => row.id === sessionStorage.getItem(last)));
  const [at, setAt] = useState(Math.max(0, came));
  const current = Math.min(at, rows.length - 1);
  const wanted = useRef(came);
  const [margin, setMargin] = useState(0);
  const few = rows.length <= many;
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => rowHeight, overscan: 12, scrollMargin: margin, enabled: !few });
  useLayoutEffect(() => setMargin(body.current ? body.current.getBoundingClientRect().top + window.scrollY : 0), [few]);

  // The row that is gone to may first have to be drawn.
  const reach = (): void => {
    const link = body.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] [data-row]`);
    if (!link) {
      if (!few) virtual.scrollToIndex(wanted.current);
      return;
    }
    wanted.current = -1;
    link.focus();
    link.scrollIntoView({ block: 'nearest' });
  };
  const go = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setAt(next);
    wanted.current = next;
    reach();
  };
  useEffect(() => {
    if (wanted.current >= 0) reach();
  });
  useEffect(() => sessionStorage.removeItem(last), [last]);

  const toggle = (row: R): void => {
    if (!marked || !mark) return;
    const next = new Set(marked);
    if (!next.delete(row.id)) next.add(row.id);
    mark(next);
  };
  const press = (event: KeyboardEvent, index: number, row: R): void => {
    const jump: Partial<Record<string, number>> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1, PageDown: index + 10, PageUp: index - 10 };
    const to = jump[event.key];
    if (to !== undefined) go(to);
    else if (event.key === ' ' && mark) toggle(row);
    else return;
    event.preventDefault();
  };
  const every = marked !== undefined && rows.every((row) => marked.has(row.id));
  const some = marked !== undefined && rows.some((row) => marked.has(row.id));

  const draw = (row: R, index: number, place?: CSSProperties, measure?: (element: HTMLElement | null) => void): ReactNode => (
    <Row
      key={row.id}
      {...props}
      row={row}
      index={index}
      current={index === current}
      press={press}
      toggle={toggle}
      opened={() => sessionStorage.setItem(last, row.id)}
      focused={() => setAt(index)}
      place={place}
      measure={measure}
    />
  );
  return (
    <div role="table" aria-label={title} aria-rowcount={rows.length + 1} className={classes['table']} style={{ '--tracks': tracks } as CSSProperties}>
      <div role="rowgroup" className={classes['headgroup']}>
        <div role="row" aria-rowindex={1} className={classes['head']}>
          {mark && (
            <div role="columnheader" className={classes['check']}>
              <Checkbox
                size="xs"
                aria-label={t('list.chooseAll')}
                checked={every}
                indeterminate={some && !every}
                onChange={() => mark(every ? new Set() : new Set(rows.map((row) => row.id)))}
              />
            </div>
          )}
          {columns.map((column) => <Header key={column.id} {...props} column={column} />)}
        </div>
      </div>
      <div role="rowgroup" ref={body} className={classes['body']} data-many={!few} style={few ? undefined : { height: virtual.getTotalSize() }}>
        {few
          ? rows.map((row, index) => draw(row, index))
          : virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row && draw(row, index, { transform: `translateY(${start - margin}px)` }, virtual.measureElement);
          })}
      </div>
    </div>
  );
}

function Header<R extends Stored>({ column, view, sortBy }: { readonly column: Column<R>; readonly view: View; readonly sortBy: (id: string) => void }) {
  const sorted = view.sort === column.id;
  const Arrow = view.down ? IconArrowDown : IconArrowUp;
  const state = !sorted ? 'none' : view.down ? 'descending' : 'ascending';
  return (
    <div role="columnheader" aria-sort={column.sort ? state : undefined} className={classes['headcell']} data-end={column.end}>
      {column.sort
        ? (
          <button type="button" className={classes['sort']} onClick={() => sortBy(column.id)}>
            <span>{column.label}</span>
            <Arrow size={14} aria-hidden className={classes['arrow']} data-shown={sorted} />
          </button>
        )
        : column.label}
    </div>
  );
}

interface RowProps<R extends Stored> extends ListTableProps<R> {
  readonly row: R;
  readonly index: number;
  readonly current: boolean;
  readonly press: (event: KeyboardEvent, index: number, row: R) => void;
  readonly toggle: (row: R) => void;
  readonly opened: () => void;
  readonly focused: () => void;
  readonly place: CSSProperties | undefined;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
}

function Row<R extends Stored>({ row, index, columns, label, open, marked, current, press, toggle, opened, focused, place, measure }: RowProps<R>) {
  const { t } = useTranslation('admin');
  return (
    <div role="row" aria-rowindex={index + 2} data-index={index} className={classes['row']} data-chosen={marked?.has(row.id)} style={place} ref={measure}>
      {marked && (
        <div role="cell" className={classes['check']}>
          <Checkbox
            size="xs"
            aria-label={t('list.choose', { name: label(row) })}
            tabIndex={current ? 0 : -1}
            checked={marked.has(row.id)}
            onChange={() => toggle(row)}
          />
        </div>
      )}
      {columns.map((column, place) => (
        <div key={column.id} role="cell" className={classes['cell']} data-end={column.end} data-first={place === 0}>
          {place > 0 && <span aria-hidden className={classes['label']}>{column.label}</span>}
          {place === 0 && open
            ? (
              <Link
                to={open(row)}
                data-row
                className={classes['link']}
                tabIndex={current ? 0 : -1}
                onKeyDown={(event: KeyboardEvent) => press(event, index, row)}
                onClick={opened}
                onFocus={focused}
              >
                {column.cell(row)}
              </Link>
            )
            : <span className={classes['value']}>{column.cell(row)}</span>}
        </div>
      ))}
    </div>
  );
}
