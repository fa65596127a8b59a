import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet, redirect } from '@tanstack/react-router';

import { mayAdminister, roleOf, whoQuery, type Whoever } from './api/session';
import { changeLanguage } from './i18n';

export interface Context {
  readonly queries: QueryClient;
}

/** The root of all pages. */
export const root = createRootRouteWithContext<Context>()({ component: Outlet });

/** Who is logged in, asked once and kept; null for nobody. */
export function whoIs(queries: QueryClient): Promise<Whoever | null> {
  return queries.query({ ...whoQuery, staleTime: 'static' });
}

/** The face a person starts with. */
export function homeOf(who: Whoever): '/banner' | '/supervision' | '/admin' {
  if (roleOf(who) === 'operator') return '/banner';
  return mayAdminister(who) ? '/admin' : '/supervision';
}

/** Lets in who is logged in, in his language; sends everybody else to the login page. */
export async function admitAny(queries: QueryClient, path: string): Promise<Whoever> {
  const who = await whoIs(queries);
  if (who === null) throw redirect({ to: '/login', search: path === '/' ? {} : { next: path } });
  await changeLanguage(who.language);
  return who;
}

/** Lets in who is logged in and allowed, in his language; sends everybody else where he belongs. */
export async function admit(queries: QueryClient, path: string, allowed: (who: Whoever) => boolean): Promise<Whoever> {
  const who = await admitAny(queries, path);
  if (who.mustChangePassword) throw redirect({ to: '/password', search: path === '/' ? {} : { next: path } });
  if (!allowed(who)) throw redirect({ to: homeOf(who) });
  return who;
}
