import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { answer } from '../../../api/client';
import { refused } from '../../../ui/toast';
import { pauseTypes, type PauseType } from '../parts/kinds';
import type { Moved } from './values';

/**
 * The types as they have been put in order here. Moves are shown at once and written one
 * after the other; the list is read anew when the last one is written, or one is refused.
 */
export function useOrder(stored: readonly PauseType[]) {
  const queries = useQueryClient();
  const [mine, setMine] = useState<readonly PauseType[] | null>(null);
  const writes = useRef(Promise.resolve());
  const open = useRef(0);

  const write = ({ types, moves }: Moved): void => {
    setMine(types);
    open.current++;
    writes.current = writes.current.then(async () => {
      try {
        for (const { id, order } of moves) await answer(pauseTypes.change(id, { order }, {}));
      } catch (error) {
        refused(error);
      }
      open.current--;
      if (open.current > 0) return;
      await queries.invalidateQueries({ queryKey: [pauseTypes.name, 'list'] });
      // Another move may have begun while the list was read.
      if (open.current === 0) setMine(null);
    });
  };
  return { types: mine ?? stored, write };
}
