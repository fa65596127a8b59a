import { queryOptions, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { answer, api } from '../../../api/client';
import type { HistoryCall } from '../state/model';
import { useLine, useMe } from '../state/post';

const historyOf = (operator: string) => queryOptions({
  queryKey: ['history', operator],
  queryFn: async (): Promise<readonly HistoryCall[]> => (await answer(api.GET('/api/v1/me/history'))).items,
  // It is asked anew when something has happened, and not by the clock.
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: false,
});

// The card of a call comes first; the list may follow a moment later.
const after = 150;

/** His last calls. */
export function useHistory(): UseQueryResult<readonly HistoryCall[]> {
  return useQuery(historyOf(useMe((me) => me.id)));
}

/** Asks for the last calls again whenever a call of his begins, changes or ends. */
export function useFreshHistory(): void {
  const queries = useQueryClient();
  const id = useMe((me) => me.id);
  const activity = useMe((me) => `${me.activity} ${me.calls.map((call) => call.id).join()}`);
  const live = useLine().state === 'live';
  const seen = useRef(activity);
  const wasLive = useRef(live);
  useEffect(() => {
    const back = live && !wasLive.current;
    wasLive.current = live;
    if (!live || (seen.current === activity && !back)) return;
    seen.current = activity;
    // Taken back only by what asks anew: another change, or the line's return.
    const later = setTimeout(() => void queries.invalidateQueries({ queryKey: historyOf(id).queryKey }), after);
    return () => clearTimeout(later);
  }, [queries, id, activity, live]);
}
