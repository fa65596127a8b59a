import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { answer, api, type Schema } from '../../../api/client';
import { learnClock } from '../../../live/clock';
import { membersBody, type Values } from './values';

export type Preview = Schema<'Preview'>;
export type Candidate = Schema<'Candidate'>;

/** A change is asked about once it has come to rest; the floor moves on by itself. */
const rest = 300;
const poll = 2000;

/** Who would get the next call of a group as it stands in the form, asked again and again while the page is seen. */
export function useNextCall(id: string | undefined, strategy: Values['strategy'], members: Values['members']) {
  const [draft] = useDebouncedValue(JSON.stringify({ strategy, members: membersBody(members) }), rest);
  return useQuery({
    queryKey: ['preview', id, draft],
    queryFn: async ({ signal }) => {
      const body = { ...(JSON.parse(draft) as Pick<Schema<'PreviewCreate'>, 'strategy' | 'members'>), ...(id !== undefined && { id }) };
      const preview = await answer(api.POST('/api/v1/groups/preview', { body, signal }));
      learnClock(preview.at);
      return preview;
    },
    enabled: members.length > 0,
    refetchInterval: poll,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
  });
}
