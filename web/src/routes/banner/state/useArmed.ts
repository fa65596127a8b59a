import { useCallback, useEffect, useRef, useState } from 'react';

const within = 2000;

/** For what a slip of the finger must not do: the first press arms, a second one within two seconds acts. */
export function useArmed(act: () => void): { readonly armed: boolean; readonly press: () => void } {
  const [armed, setArmed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = useCallback(() => {
    clearTimeout(timer.current);
    if (armed) {
      setArmed(false);
      act();
      return;
    }
    setArmed(true);
    timer.current = setTimeout(() => setArmed(false), within);
  }, [armed, act]);
  return { armed, press };
}
