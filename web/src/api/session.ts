import { queryOptions } from '@tanstack/react-query';

import { answer, api, Problem, type Schema } from './client';

export type Me = Schema<'Me'>;
export type UserMe = Schema<'UserMe'>;
export type Whoever = Me | UserMe;
export type Role = 'operator' | UserMe['role'];

export function isOperator(who: Whoever): who is Me {
  return 'presence' in who;
}

export function roleOf(who: Whoever): Role {
  return isOperator(who) ? 'operator' : who.role;
}

export function nameOf(who: Whoever): string {
  return isOperator(who) ? who.fullName : who.name || who.login;
}

export function mayAdminister(who: Whoever): boolean {
  const role = roleOf(who);
  return role === 'administrator' || role === 'technical';
}

/** Who is logged in; null when nobody is. */
export const whoQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Whoever | null> => {
    try {
      return await answer(api.GET('/api/v1/me'));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});
