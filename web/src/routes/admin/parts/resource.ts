// Records over TanStack Query: lists are read whole (all pages), a record is read with
// its ETag and changed with If-Match, so that nobody overwrites what he has not seen.
//
//   const list = useList(groups);                     // list.data: Group[]
//   const one = useRecord(groups, id);                // one.data: { record, etag }
//   await save(queries, groups, { id, etag }, body);  // PATCH; without id POST
//   await remove(queries, groups, id, etag);
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

import { all, answer, Problem } from '../../../api/client';
import { whoQuery } from '../../../api/session';
import { refused } from '../../../ui/toast';
import type { Kind, Stored } from './kinds';

export interface Versioned<R> {
  readonly record: R;
  readonly etag: string;
}

interface Raw<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

async function versioned<R>(call: Promise<Raw<R>>): Promise<Versioned<R>> {
  let etag = '';
  const record = await answer(call.then((got) => {
    etag = got.response.headers.get('ETag') ?? '';
    return got;
  }));
  return { record, etag };
}

/** All records of a kind. `poll` reads them again each so many milliseconds. */
export function useList<R extends Stored, C>(kind: Pick<Kind<R, C>, 'name' | 'list'>, poll?: number) {
  return useQuery({
    queryKey: [kind.name, 'list'],
    queryFn: () => all<R>((cursor) => answer(kind.list(cursor === undefined ? { limit: 500 } : { limit: 500, cursor }))),
    ...(poll !== undefined && { refetchInterval: poll }),
  });
}

/** One record with its ETag, read anew each time a form is opened and not while it is filled in. */
export function useRecord<R extends Stored, C>(kind: Kind<R, C>, id: string) {
  return useQuery({
    queryKey: [kind.name, 'one', id],
    queryFn: () => versioned(kind.get(id)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
  });
}

export function read<R extends Stored, C>(kind: Kind<R, C>, id: string): Promise<Versioned<R>> {
  return versioned(kind.get(id));
}

/** Creates a record, or changes the one with this id; what hangs on it is read anew. */
export async function save<R extends Stored, C>(
  queries: QueryClient, kind: Kind<R, C>, known: { readonly id: string; readonly etag?: string } | undefined, body: C | Partial<C>,
): Promise<Versioned<R>> {
  // Without an id the body is a whole one: the form that made it began from nothing.
  const saved = known === undefined
    ? await versioned(kind.create(body as C))
    : await versioned(kind.change(known.id, body, known.etag ? { 'If-Match': known.etag } : {}));
  queries.setQueryData<R[]>([kind.name, 'list'], (list) => {
    if (!list) return list;
    return known === undefined ? [...list, saved.record] : list.map((record) => (record.id === saved.record.id ? saved.record : record));
  });
  queries.setQueryData([kind.name, 'one', saved.record.id], saved);
  forget(queries);
  return saved;
}

export async function remove<R extends Stored, C>(queries: QueryClient, kind: Pick<Kind<R, C>, 'name' | 'remove'>, id: string, etag?: string): Promise<void> {
  await answer(kind.remove(id, etag ? { 'If-Match': etag } : {}));
  queries.setQueryData<R[]>([kind.name, 'list'], (list) => list?.filter((record) => record.id !== id));
  forget(queries);
}

/** Takes a record into its list that has been made or changed otherwise. */
export function took(queries: QueryClient, kind: string, record: Stored): void {
  queries.setQueryData<Stored[]>([kind, 'list'], (list) => list && [...list.filter(({ id }) => id !== record.id), record]);
  forget(queries);
}

/** Lists name one another, so all of them are old after a change, and what is known of oneself may be. */
function forget(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'list' || queryKey[0] === 'centre' });
  void queries.invalidateQueries({ queryKey: whoQuery.queryKey, refetchType: 'all' });
}

/** Runs the same for many records, one after the other; says what was refused and returns how many went well. */
export function useEach() {
  const queries = useQueryClient();
  return useCallback(async <R extends Stored>(records: readonly R[], run: (queries: QueryClient, record: R) => Promise<unknown>): Promise<number> => {
    let done = 0;
    for (const record of records) {
      try {
        await run(queries, record);
        done++;
      } catch (error) {
        refused(error);
        // What the network lost once it loses again.
        if (error instanceof Problem && error.status === 0) break;
      }
    }
    return done;
  }, [queries]);
}
