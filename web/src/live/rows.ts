import { useCallback, useSyncExternalStore } from 'react';

/**
 * Rows by identifier, each with its own subscribers: a change of one row renders that
 * row only. The list of identifiers is a subscription of its own.
 */
export class Rows<Row extends { readonly id: string }> {
  private readonly rows = new Map<string, Row>();
  private readonly readers = new Map<string, Set<() => void>>();
  private readonly listReaders = new Set<() => void>();
  private readonly changeReaders = new Set<() => void>();
  private list: readonly string[] = [];
  private revision = 0;

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  ids(): readonly string[] {
    return this.list;
  }

  all(): Row[] {
    return [...this.rows.values()];
  }

  /** Grows with each change of any row. */
  version(): number {
    return this.revision;
  }

  /** Replaces everything; rows that are as before keep their identity and wake nobody. */
  reset(rows: readonly Row[]): void {
    const gone = new Set(this.rows.keys());
    for (const row of rows) gone.delete(row.id);
    this.change(rows, [...gone]);
  }

  /** Puts changed rows in and takes removed ones out. */
  change(rows: readonly Row[], removed: readonly string[] = []): void {
    const touched: string[] = [];
    let listed = false;
    for (const row of rows) {
      const before = this.rows.get(row.id);
      if (before && JSON.stringify(before) === JSON.stringify(row)) continue;
      listed ||= !before;
      this.rows.set(row.id, row);
      touched.push(row.id);
    }
    for (const id of removed) {
      if (!this.rows.delete(id)) continue;
      listed = true;
      touched.push(id);
    }
    if (touched.length === 0) return;
    this.revision++;
    if (listed) {
      this.list = [...this.rows.keys()];
      for (const reader of this.listReaders) reader();
    }
    for (const id of touched) for (const reader of this.readers.get(id) ?? []) reader();
    for (const reader of this.changeReaders) reader();
  }

  subscribe(id: string, reader: () => void): () => void {
    const readers = this.readers.get(id) ?? new Set();
    this.readers.set(id, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0) this.readers.delete(id);
    };
  }

  subscribeList(reader: () => void): () => void {
    this.listReaders.add(reader);
    return () => this.listReaders.delete(reader);
  }

  /** Calls reader after each change of any row: for sorting, filters and sums. */
  subscribeAll(reader: () => void): () => void {
    this.changeReaders.add(reader);
    return () => this.changeReaders.delete(reader);
  }
}

/** One row; the component is rendered when this row changes, and only then. */
export function useRow<Row extends { readonly id: string }>(rows: Rows<Row>, id: string | null | undefined): Row | undefined {
  const subscribe = useCallback((reader: () => void) => rows.subscribe(id ?? '', reader), [rows, id]);
  return useSyncExternalStore(subscribe, () => (id ? rows.get(id) : undefined));
}

/** The identifiers, in the order the rows came. */
export function useIds<Row extends { readonly id: string }>(rows: Rows<Row>): readonly string[] {
  return useSyncExternalStore(useCallback((reader) => rows.subscribeList(reader), [rows]), () => rows.ids());
}

/** A number that grows with each change of any row. */
export function useVersion<Row extends { readonly id: string }>(rows: Rows<Row>): number {
  return useSyncExternalStore(useCallback((reader) => rows.subscribeAll(reader), [rows]), () => rows.version());
}
