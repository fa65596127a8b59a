import { Pagination } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './Operators.module.css';
import { OperatorRow } from './OperatorRow';
import { columns, firstDown, type Column, type Sort } from './select';

const rowHeight = 48;
const cardHeight = 124;
/** What a key jumps over. */
const leap = 10;
const pageSize = 25;

const classOf: Record<Column, string> = {
  name: 'cName', state: 'cState', since: 'cSince', group: 'cCall', phone: 'cPhone', in: 'cIn', out: 'cOut', missed: 'cMissed',
  talk: 'cTalk', login: 'cLogin', ignored: 'cIgnored',
};

interface OperatorTableProps {
  readonly ids: readonly string[];
  readonly sort: Sort;
  readonly sortBy: (sort: Sort) => void;
  readonly zone: string;
  readonly open: (id: string) => void;
  /** Pages instead of rows that come and go with scrolling, for readers of the screen. */
  readonly paged: boolean;
  /** Pointer and focus in it hold the order. */
  readonly ground: RefObject<HTMLDivElement | null>;
}

/** The operators as a table of which only the visible rows are drawn, or a page of it. */
export function OperatorTable({ ids, sort, sortBy, zone, open, paged, ground }: OperatorTableProps) {
  const { t } = useTranslation('supervision');
  const frame = useRef<HTMLDivElement>(null);
  const cards = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false });
  const [currentId, setCurrentId] = useState<string | undefined>();
  const [pageWanted, setPage] = useState(1);
  const current = Math.max(0, currentId === undefined ? 0 : ids.indexOf(currentId));
  const pages = Math.max(1, Math.ceil(ids.length / pageSize));
  const page = Math.min(pageWanted, pages);
  const first = paged ? (page - 1) * pageSize : 0;
  const end = paged ? Math.min(first + pageSize, ids.length) : ids.length;
  const height = cards ? cardHeight : rowHeight;

  // The row with the focus stays, however far it is scrolled away: the focus would be lost with it.
  const rangeExtractor = useCallback((range: Range) => {
    const visible = defaultRangeExtractor(range);
    return visible.includes(current) || current >= range.count ? visible : [...visible, current].sort((a, b) => a - b);
  }, [current]);
  // The library's functions change from within; nothing of it is passed on or kept here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: ids.length, getScrollElement: () => frame.current, estimateSize: () => height, overscan: 6, rangeExtractor, enabled: !paged,
  });
  useEffect(() => virtual.measure(), [virtual, height]);

  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const button = frame.current?.querySelector<HTMLElement>(`[data-at="${wanted.current}"]`);
    wanted.current = null;
    button?.focus({ preventScroll: !paged });
  });

  const latest = useRef({ ids, first, end, virtual, paged });
  useEffect(() => {
    latest.current = { ids, first, end, virtual, paged };
  });
  const focused = useCallback((at: number) => setCurrentId(latest.current.ids[at]), []);
  const step = useCallback((event: KeyboardEvent, at: number) => {
    const now = latest.current;
    const to = destination(event.key, at, now.first, now.end - 1);
    if (to === null) return;
    event.preventDefault();
    wanted.current = to;
    if (!now.paged) now.virtual.scrollToIndex(to);
    setCurrentId(now.ids[to]);
  }, []);

  const rows = paged
    ? Array.from({ length: end - first }, (_, n) => ({ at: first + n, top: undefined }))
    : virtual.getVirtualItems().map((item) => ({ at: item.index, top: item.start }));
  const tabStop = paged && (current < first || current >= end) ? first : current;
  return (
    <>
      <div ref={frame} className={classes['frame']} data-paged={paged}>
        <div role="table" className={classes['table']} aria-label={t('operators.title')} aria-rowcount={ids.length + 1}>
          <div role="rowgroup" className={classes['headGroup']}>
            <div role="row" aria-rowindex={1} className={classes['headRow']}>
              {columns.map((column) => <Head key={column} column={column} sort={sort} sortBy={sortBy} />)}
            </div>
          </div>
          <div role="rowgroup" ref={ground} className={classes['body']} data-virtual={!paged} style={paged ? undefined : { height: virtual.getTotalSize() }}>
            {rows.map(({ at, top }) => {
              const id = ids[at];
              return id === undefined ? null : (
                <OperatorRow key={id} id={id} at={at} current={at === tabStop} zone={zone} open={open} step={step} focused={focused} top={top} />
              );
            })}
          </div>
        </div>
      </div>
      {paged && pages > 1 && (
        <nav className={classes['pages']} aria-label={t('operators.pages')}>
          <Pagination
            total={pages}
            value={page}
            onChange={setPage}
            size="sm"
            getControlProps={(control) => ({ 'aria-label': t(control === 'next' ? 'operators.nextPage' : 'operators.previousPage') })}
            getItemProps={(number) => ({ 'aria-label': t('operators.page', { page: number }) })}
          />
        </nav>
      )}
    </>
  );
}

/** Where a key leads from a row; null for a key that leads nowhere. */
export function destination(key: string, at: number, first: number, last: number): number | null {
  const within = (to: number): number => Math.min(last, Math.max(first, to));
  switch (key) {
    case 'ArrowDown': return within(at + 1);
    case 'ArrowUp': return within(at - 1);
    case 'PageDown': return within(at + leap);
    case 'PageUp': return within(at - leap);
    case 'Home': return first;
    case 'End': return last;
    default: return null;
  }
}

interface HeadProps {
  readonly column: Column;
  readonly sort: Sort;
  readonly sortBy: (sort: Sort) => void;
}

function Head({ column, sort, sortBy }: HeadProps) {
  const { t } = useTranslation('supervision');
  const mine = sort.column === column;
  const SortIcon = sort.down ? IconArrowDown : IconArrowUp;
  return (
    <div role="columnheader" className={classes[classOf[column]]} aria-sort={mine ? (sort.down ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className={classes['sort']} onClick={() => sortBy({ column, down: mine ? !sort.down : firstDown(column) })}>
        <span>{t(`columns.${column}`)}</span>
        {mine && <SortIcon size={14} aria-hidden />}
      </button>
    </div>
  );
}
