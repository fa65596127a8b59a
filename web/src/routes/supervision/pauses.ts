import { queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';

import { all, answer, api, type Schema } from '../../api/client';
import { currentLanguage, languages, type Language } from '../../i18n';

export type PauseType = Schema<'PauseType'>;

/** Pause types change rarely: asked for again every ten minutes. */
export const pausesQuery = queryOptions({
  queryKey: ['pause-types'],
  queryFn: () => all((cursor) => answer(api.GET('/api/v1/pause-types', { params: { query: { limit: 500, ...(cursor && { cursor }) } } }))),
  staleTime: 600_000,
  refetchInterval: 600_000,
});

/**
 * The name of a pause in a language, else in the first one that has it; empty for a
 * type without a name, which is not offered.
 */
export function pauseName(type: PauseType, language: Language): string {
  return type.names[language] || languages.map((other) => type.names[other]).find((name) => name !== '') || '';
}

/** Names pauses by identifier; undefined for one that is unknown or has no name. */
export function usePauseName(): (id: string | null | undefined) => string | undefined {
  const { data } = useQuery(pausesQuery);
  const language = currentLanguage();
  return useCallback((id) => {
    const type = id ? data?.find((one) => one.id === id) : undefined;
    return (type && pauseName(type, language)) || undefined;
  }, [data, language]);
}
