import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { answer, api, Problem } from '../../../api/client';
import { useRow } from '../../../live/rows';
import { useLive } from '../live';

// Between two readings, however fast things happen to the call; and where nothing is told of it, as while a phone rings.
const atMostEvery = 1000;
const atLeastEvery = 5000;

/** A call and its steps. While it lasts they are read again when the floor tells of it. */
export function useCall(id: string) {
  const { floor } = useLive();
  const queries = useQueryClient();
  const row = useRow(floor.calls, id);
  const query = useQuery({
    queryKey: ['call', id],
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const [call, steps] = await Promise.all([
        answer(api.GET('/api/v1/calls/{id}', { params, signal })),
        answer(api.GET('/api/v1/calls/{id}/timeline', { params, signal })),
      ]);
      return { call, steps: steps.items };
    },
    refetchInterval: ({ state: { data, error } }) => {
      // A call that has just begun may not be written down yet.
      if (!data) return error && floor.calls.get(id) ? atMostEvery : false;
      return data.call.state !== 'ended' || data.call.recording === 'running' || floor.calls.get(id) ? atLeastEvery : false;
    },
  });
  useEffect(() => {
    const { dataUpdatedAt = 0 } = queries.getQueryState(['call', id]) ?? {};
    if (dataUpdatedAt === 0) return;
    const wait = Math.max(0, dataUpdatedAt + atMostEvery - Date.now());
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ['call', id] }), wait);
    return () => clearTimeout(timer);
  }, [row, id, queries]);
  return { ...query, missing: query.error instanceof Problem && query.error.status === 404 && !row };
}
