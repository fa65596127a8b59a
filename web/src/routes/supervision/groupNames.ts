import { useCallback, useMemo, useSyncExternalStore } from 'react';

import { useLive } from './live';

export interface GroupName {
  readonly id: string;
  readonly name: string;
}

/** The groups by name, for a list to choose from; figures that change do not draw it anew. */
export function useGroupNames(): readonly GroupName[] {
  const { floor } = useLive();
  const text = useSyncExternalStore(
    useCallback((reader) => floor.groups.subscribeAll(reader), [floor]),
    () => JSON.stringify(floor.groups.all().map(({ id, name }) => ({ id, name }))),
  );
  return useMemo(() => (JSON.parse(text) as GroupName[]).sort((a, b) => a.name.localeCompare(b.name)), [text]);
}
