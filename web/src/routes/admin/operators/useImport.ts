import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { forgetOperators, largest, send, type Report, type Table } from './table';

/** The file is beyond what an import takes; it is not even sent. */
export class TooLarge extends Error {}

/** The browser could not read the file, as when it is gone or belongs to a program. */
export class Unreadable extends Error {}

type Step = 'idle' | 'reading' | 'storing';

interface State {
  readonly step: Step;
  readonly table?: Table;
  /** What an import would do. */
  readonly report?: Report;
  /** What an import has done. */
  readonly stored?: Report;
  readonly error?: unknown;
  /** Reads the file once more, where it was not looked through. */
  readonly read?: () => Promise<ArrayBuffer>;
  /** True when the operators have changed since the preview, and the import was refused for it. */
  readonly overtaken: boolean;
}

const untouched: State = { step: 'idle', overtaken: false };

/** The way of a table from a file through the preview into the directory. */
export function useImport() {
  const queries = useQueryClient();
  const [state, setState] = useState<State>(untouched);
  // A file that is chosen while another is still being read takes its place.
  const turn = useRef(0);

  const look = async (name: string, read: () => Promise<ArrayBuffer>): Promise<void> => {
    const mine = ++turn.current;
    let table: Table = { name, data: new ArrayBuffer(0) };
    setState({ ...untouched, step: 'reading', table });
    try {
      table = { name, data: await read() };
      const report = await send(table, true);
      if (mine === turn.current) setState({ ...untouched, table, report });
    } catch (error) {
      if (mine === turn.current) setState({ ...untouched, table, error, read });
    }
  };
  const preview = (file: File): Promise<void> => look(file.name, () => {
    if (file.size > largest) throw new TooLarge();
    return file.arrayBuffer().catch(() => {
      throw new Unreadable();
    });
  });
  const store = async (): Promise<void> => {
    const { table, report } = state;
    if (!table || !report) return;
    setState({ ...state, step: 'storing', error: undefined });
    try {
      const done = await send(table, false);
      forgetOperators(queries);
      setState(done.stored ? { ...untouched, stored: done } : { ...untouched, table, report: done, overtaken: true });
    } catch (error) {
      setState({ ...untouched, table, report, error });
    }
  };
  return {
    ...state,
    preview,
    store,
    retry: () => void (state.report ? store() : state.table && state.read && look(state.table.name, state.read)),
    reset: () => setState(untouched),
  };
}
