// What a list shows: searched, filtered and sorted. It is kept for the tab, so that a
// list is found again as it was left.
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { currentLanguage } from '../../../i18n';

export interface Column<R> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: R) => ReactNode;
  /** What the column is sorted by; without it, it is not. */
  readonly sort?: (row: R) => string | number;
  /** Its track of the grid, as "minmax(10rem, 2fr)". */
  readonly width: string;
  /** Figures stand at the end. */
  readonly end?: boolean;
}

export interface Filter<R> {
  readonly id: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly test: (row: R, value: string) => boolean;
}

export interface View {
  readonly search: string;
  readonly filters: Readonly<Record<string, string>>;
  /** The column sorted by, or none for the server's order. */
  readonly sort: string;
  readonly down: boolean;
}

const untouched: View = { search: '', filters: {}, sort: '', down: false };

function kept(key: string, sort: string): View {
  const start = { ...untouched, sort };
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key) ?? '{}');
    return typeof found === 'object' ? { ...start, ...found } : start;
  } catch {
    return start;
  }
}

export function useView(name: string, sort: string) {
  const key = `bandeau-list-${name}`;
  const [view, setView] = useState(() => kept(key, sort));
  useEffect(() => sessionStorage.setItem(key, JSON.stringify(view)), [key, view]);
  return [view, setView] as const;
}

/** Without case and accents: "Éléonore" is found by "eleo". */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase();
}

/** The rows to show, in order. */
export function useShown<R>(
  rows: readonly R[], view: View, columns: readonly Column<R>[], filters: readonly Filter<R>[], text: (row: R) => string,
): readonly R[] {
  return useMemo(() => {
    const words = folded(view.search).split(/\s+/).filter(Boolean);
    const wanted = filters.flatMap((filter) => {
      const value = view.filters[filter.id];
      return value === undefined ? [] : [(row: R) => filter.test(row, value)];
    });
    const found = rows.filter((row) => {
      const searched = words.length > 0 ? folded(text(row)) : '';
      return words.every((word) => searched.includes(word)) && wanted.every((test) => test(row));
    });
    const by = columns.find((column) => column.id === view.sort)?.sort;
    if (!by) return found;
    const { compare } = new Intl.Collator(currentLanguage(), { numeric: true, sensitivity: 'base' });
    const order = (a: string | number, b: string | number): number =>
      (typeof a === 'number' && typeof b === 'number' ? a - b : compare(String(a), String(b)));
    return found.toSorted((a, b) => (view.down ? order(by(b), by(a)) : order(by(a), by(b))));
  }, [rows, view, columns, filters, text]);
}
