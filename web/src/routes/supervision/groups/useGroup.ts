import { useCallback, useSyncExternalStore } from 'react';

import type { FloorGroup } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { useLive } from '../live';
import { alarmOf, levelOf, type Alarm, type Level } from './figures';

export interface GroupNow {
  readonly group: FloorGroup;
  readonly alarm: Alarm | null;
  readonly level: Level;
}

/** A group with what follows from its figures; rendered when one of them changes. */
export function useGroup(id: string): GroupNow | null {
  const { floor, queues } = useLive();
  const group = useRow(floor.groups, id);
  const unserved = useSyncExternalStore(
    useCallback((reader) => floor.calls.subscribeAll(reader), [floor]),
    () => queues.unserved(id),
  );
  return group ? { group, alarm: alarmOf(group, unserved), level: levelOf(group) } : null;
}
