import { createContext, use, useCallback } from 'react';

import { refused } from '../../../ui/toast';
import { Listening } from './listening';
import type { Mode } from './mine';
import type { ListenPhone } from './phones';

// One for all pages of the face: going from one to another ends nothing.
const shared = new Listening();

/** Gives another one to what is inside, as tests do. */
export const ListeningContext = createContext(shared);

export function useListening(): Listening {
  return use(ListeningContext);
}

/** Hears an operator, and says what was refused. */
export function useBegin(): (operator: string, mode: Mode, phone: ListenPhone) => void {
  const listening = useListening();
  return useCallback((operator, mode, phone) => void listening.begin(operator, mode, phone).catch(refused), [listening]);
}
