import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { answer, api, type Schema } from '../../../api/client';

export type PhoneToChoose = Schema<'PhoneToChoose'>;

/** The Centrex phones he may choose from, asked each time the form is opened: colleagues come and go. */
export function usePhones(): UseQueryResult<readonly PhoneToChoose[]> {
  return useQuery({
    queryKey: ['my-phones'],
    queryFn: async (): Promise<readonly PhoneToChoose[]> => (await answer(api.GET('/api/v1/me/phones'))).items,
    gcTime: 0,
    refetchOnWindowFocus: true,
  });
}
