import type { QueryClient } from '@tanstack/react-query';
import type { RouterHistory } from '@tanstack/react-router';

import { codeUnreachable, Problem } from '../../api/client';
import { whoQuery } from '../../api/session';
import { homeOf } from '../../root';

/** Goes where somebody who has just logged in wanted to go, else where he belongs. */
export async function enter(queries: QueryClient, history: RouterHistory, next: string | undefined): Promise<void> {
  // Nothing is left of who was here before.
  queries.clear();
  const who = await queries.query(whoQuery);
  if (who === null) throw new Problem(0, codeUnreachable, '');
  history.push(next ?? homeOf(who));
}
