import { useQuery } from '@tanstack/react-query';

import { isOperator, whoQuery, type UserMe } from '../../api/session';

/** The user of this face; null while he logs out. */
export function useUser(): UserMe | null {
  const { data } = useQuery(whoQuery);
  return data && !isOperator(data) ? data : null;
}
