// The operators as a CSV table: out of the server, and into it.
import type { QueryClient } from '@tanstack/react-query';

import { answer, api, Problem, type Schema } from '../../../api/client';

export type Report = Schema<'ImportReport'>;
export type Line = Schema<'ImportLine'>;

/** A file as it was when it was chosen: what is imported is what was previewed. */
export interface Table {
  readonly name: string;
  readonly data: ArrayBuffer;
}

/** The most bytes an import has. */
export const largest = 5 * 1024 * 1024;

/** What an import makes of a table; nothing is stored by a preview. */
export function send({ data }: Table, dryRun: boolean): Promise<Report> {
  return answer(api.POST('/api/v1/operators/import', {
    params: { query: { dryRun } },
    body: '',
    bodySerializer: () => new Blob([data], { type: 'text/csv' }),
    headers: { 'Content-Type': 'text/csv' },
  }));
}

/** Everything that shows operators is old after an import. */
export function forgetOperators(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'operators' || queryKey[1] === 'list' });
}

function keep(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

const exported = (): Promise<Blob> => answer(api.GET('/api/v1/operators/export', { parseAs: 'blob' }));

/** Gives the table of all operators to the browser as a file. */
export async function download(): Promise<void> {
  keep('operators.csv', await exported());
}

/** The same with the header alone: the columns are the server's to name, by who asks. */
export async function downloadTemplate(): Promise<void> {
  const text = await (await exported()).text();
  const header = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
  // With a byte order mark spreadsheets read the accents of what is filled in.
  keep('operators-template.csv', new Blob([`\uFEFF${header}\r\n`], { type: 'text/csv' }));
}

/** What is wrong with a table as a whole. */
export interface Fault {
  readonly place: 'header' | 'line' | 'table';
  /** The column or the line. */
  readonly name: string;
  /** The server's rule. */
  readonly rule: string;
}

/** The faults of a table that could not be read, from the refusal; none when it was refused for another reason. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (!(error instanceof Problem)) return [];
  return error.fields.map(({ location, message }) => {
    const [, place, name] = /^(?:body\.)?(?:(header|line)[. ])?(.*)$/s.exec(location) ?? [];
    return place === 'header' || place === 'line'
      ? { place, name: name ?? '', rule: message }
      : { place: 'table', name: '', rule: message };
  });
}
