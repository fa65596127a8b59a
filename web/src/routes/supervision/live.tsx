import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';

import { whoQuery } from '../../api/session';
import { Floor } from '../../live/floor';
import { useValue } from '../../live/value';
import { Queues } from './groups/queues';

export interface Live {
  readonly floor: Floor;
  readonly queues: Queues;
}

const Context = createContext<Live | null>(null);

/** Gives a floor to what is inside; tests give one that they fill themselves. */
export function LiveContext({ floor, children }: { readonly floor: Floor; readonly children: ReactNode }) {
  const [live] = useState<Live>(() => ({ floor, queues: new Queues(floor.calls) }));
  return <Context value={live}>{children}</Context>;
}

/** The live floor of this page. */
export function useLive(): Live {
  const live = use(Context);
  if (!live) throw new Error('there is no floor here');
  return live;
}

/** Follows the floor while it is shown; when the session has ended, to the login page. */
export function LiveFloor({ children }: { readonly children: ReactNode }) {
  const [floor] = useState(() => new Floor());
  const queries = useQueryClient();
  const router = useRouter();
  const { state } = useValue(floor.connection);
  useEffect(() => {
    floor.start();
    return () => floor.stop();
  }, [floor]);
  useEffect(() => {
    if (state !== 'refused') return;
    if (!queries.getQueryData(whoQuery.queryKey)) return;
    queries.setQueryData(whoQuery.queryKey, null);
    void router.navigate({ to: '/login', search: { next: router.latestLocation.pathname, ended: 'session' } });
  }, [state, queries, router]);
  return <LiveContext floor={floor}>{children}</LiveContext>;
}
